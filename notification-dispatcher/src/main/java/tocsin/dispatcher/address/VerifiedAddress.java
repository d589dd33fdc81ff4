package tocsin.dispatcher.address;

import java.time.Instant;
import tocsin.dispatcher.email.Language;

/** The address that the holder of a personal token has proved to own. Never printed. */
public record VerifiedAddress(String address, Instant verifiedAt, Language language) {
    @Override
    public String toString() {
        return "VerifiedAddress[verifiedAt=" + verifiedAt + ", language=" + language + "]";
    }
}
