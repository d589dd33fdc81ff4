package tocsin.sender.endpoint;

import java.security.SecureRandom;

/** Ids of endpoints: {@code WH} and 26 characters of base32 (RFC 4648), 130 random bits. */
final class EndpointId {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int RANDOM_CHARACTERS = 26;

    private EndpointId() {}

    static String generate(SecureRandom random) {
        StringBuilder id = new StringBuilder("WH");
        for (int i = 0; i < RANDOM_CHARACTERS; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
