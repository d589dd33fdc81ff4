package tocsin.sender.endpoint;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/** Ids of endpoints: {@code WH} and 26 characters of base32 (RFC 4648), 130 random bits. */
final class EndpointId {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int RANDOM_CHARACTERS = 26;

    private static final Pattern FORM = Pattern.compile("WH[A-Z2-7]{26}");

    private EndpointId() {}

    /** Whether we could have given it; nothing else is worth a look, or fit for a query. */
    static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    static String generate(SecureRandom random) {
        StringBuilder id = new StringBuilder("WH");
        for (int i = 0; i < RANDOM_CHARACTERS; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
