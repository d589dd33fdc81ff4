package tocsin.sender.endpoint;

import java.util.Locale;

/** What an endpoint can have that is sealed, beside its secrets. */
enum SealedKind {
    /** The headers that its owner wants. */
    HEADERS,
    /** The private key behind {@code v1a}. */
    ED25519;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static SealedKind of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** What a ciphertext is bound to: another endpoint's does not open here, nor one of another kind. */
    String context(String endpointId) {
        return text() + " of " + endpointId;
    }
}
