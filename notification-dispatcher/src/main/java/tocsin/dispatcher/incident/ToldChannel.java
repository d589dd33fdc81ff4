package tocsin.dispatcher.incident;

import java.util.Optional;
import java.util.UUID;

/**
 * Where an audience was told of an incident. Never printed.
 *
 * @param destination as the ledger calls it
 * @param address of mails; empty for webhooks, and where it is not known any more
 * @param language code of the last mail's
 * @param first the first notification there
 */
public record ToldChannel(String destination, Optional<String> address, Optional<String> language, UUID first) {

    @Override
    public String toString() {
        return "ToldChannel[destination=" + destination + "]";
    }
}
