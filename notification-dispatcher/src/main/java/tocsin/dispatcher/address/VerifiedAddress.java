package tocsin.dispatcher.address;

import java.time.Instant;
import java.util.Optional;
import tocsin.dispatcher.email.Language;

/**
 * The address that the holder of a personal token has proved to own. Never printed.
 *
 * @param heldSince since when the token is theirs; empty: it never was another's
 */
public record VerifiedAddress(String address, Instant verifiedAt, Optional<Instant> heldSince, Language language) {

    /** From when on downloads by the token concern the address: what was fetched before is of nobody proved, or of the holder before. */
    public Instant since() {
        return heldSince.filter(verifiedAt::isBefore).orElse(verifiedAt);
    }

    @Override
    public String toString() {
        return "VerifiedAddress[verifiedAt=" + verifiedAt + ", language=" + language + "]";
    }
}
