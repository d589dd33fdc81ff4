package tocsin.dispatcher.incident;

import java.util.Optional;
import java.util.UUID;

/**
 * Where an audience was told of an incident. Never printed.
 *
 * @param destination as the ledger calls it
 * @param address of mails, the last; empty for webhooks, and of what was told before addresses were kept
 * @param language code of the last mail's
 * @param first the first notification there, of mails at that address
 * @param mail the notification whose mail told the first, where another's did and no ledger row says so any more
 * @param reached whether one got there whose ledger row is gone by now
 */
public record ToldChannel(
        String destination,
        Optional<String> address,
        Optional<String> language,
        UUID first,
        Optional<UUID> mail,
        boolean reached) {

    /** The first notification there, or the one whose mail told it. */
    public UUID thread() {
        return mail.orElse(first);
    }

    @Override
    public String toString() {
        return "ToldChannel[destination=" + destination + "]";
    }
}
