package tocsin.sender.signing;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The key that an endpoint and we share, as the owner sees it once: {@code whsec_} and base64 of 24 to 64 random bytes
 * (Standard Webhooks, "Signature scheme").
 */
public record SigningSecret(String encoded) {

    static final String PREFIX = "whsec_";

    private static final int GENERATED_BYTES = 32;
    private static final int SHORTEST = 24;
    private static final int LONGEST = 64;

    /** @throws IllegalArgumentException if it is none; the message does not repeat it */
    public SigningSecret {
        if (!encoded.startsWith(PREFIX)) {
            throw new IllegalArgumentException("a signing secret starts with " + PREFIX);
        }
        int length = decoded(encoded).length;
        if (length < SHORTEST || length > LONGEST) {
            throw new IllegalArgumentException(
                    "a signing secret has " + SHORTEST + " to " + LONGEST + " bytes, this one " + length);
        }
    }

    /** @param random a source fit for keys */
    public static SigningSecret generate(SecureRandom random) {
        byte[] bytes = new byte[GENERATED_BYTES];
        random.nextBytes(bytes);
        return new SigningSecret(PREFIX + Base64.getEncoder().encodeToString(bytes));
    }

    byte[] key() {
        return decoded(encoded);
    }

    private static byte[] decoded(String encoded) {
        try {
            return Base64.getDecoder().decode(encoded.substring(PREFIX.length()));
        } catch (IllegalArgumentException _) {
            // The decoder's message quotes the character that it stumbled over, which is part of a secret.
            throw new IllegalArgumentException("a signing secret is standard base64 after " + PREFIX);
        }
    }

    @Override
    public String toString() {
        return "SigningSecret[redacted]";
    }
}
