package tocsin.tracker.identity;

import java.util.regex.Pattern;

/** Bounds on texts from outside. */
final class TextLimits {

    static final int MAX_ID_LENGTH = 256;
    static final int MAX_NAME_LENGTH = 256;
    /** RFC 5321, 4.5.3.1.3: a path has at most 256 characters, with its angle brackets. */
    static final int MAX_EMAIL_LENGTH = 254;

    static final int MAX_REPOSITORY_LENGTH = 256;

    /** Enough to keep out what no mail server takes; only a mail that was answered proves an address. */
    private static final Pattern EMAIL = Pattern.compile(
            "[^\\s@\\p{Cntrl}<>,;:\"\\\\]{1,64}@[^\\s@\\p{Cntrl}<>,;:\"\\\\]+\\.[^\\s@\\p{Cntrl}<>,;:\"\\\\.]+");

    private TextLimits() {}

    /** @throws IllegalArgumentException if the text is empty, too long or holds control characters; names the thing, never repeats the text. */
    static void check(String what, String text, int maxLength) {
        if (text.isBlank() || text.length() > maxLength) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + maxLength + " characters, has " + text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new IllegalArgumentException(what + " holds control characters");
            }
        }
    }

    /** @throws IllegalArgumentException if the text cannot be an e-mail address. */
    static void checkEmail(String what, String address) {
        check(what, address, MAX_EMAIL_LENGTH);
        if (!EMAIL.matcher(address).matches()) {
            throw new IllegalArgumentException(what + " is not an e-mail address");
        }
    }
}
