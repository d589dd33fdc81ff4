package tocsin.dispatcher.address;

import java.time.Instant;
import java.util.Optional;
import tocsin.dispatcher.email.Language;

/** An address that an organisation may choose once it is confirmed. Never printed. */
record AllowedAddress(
        String org,
        String address,
        Language language,
        Instant requestedAt,
        Instant expiresAt,
        Optional<Instant> confirmedAt) {
    @Override
    public String toString() {
        return "AllowedAddress[org=" + org + ", confirmed=" + confirmedAt.isPresent() + "]";
    }
}
