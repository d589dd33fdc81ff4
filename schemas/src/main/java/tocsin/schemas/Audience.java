package tocsin.schemas;

import java.util.regex.Pattern;

/** Who must be told of a download. */
public sealed interface Audience {

    /** The form in messages and record keys: {@code org:<org id>} or {@code token:<token id>}. */
    String text();

    /** @param orgId 1 to 128 letters, digits, {@code _}, {@code -} and {@code .}. */
    record Organisation(String orgId) implements Audience {
        private static final int MAX_LENGTH = 128;

        public Organisation {
            if (orgId.isEmpty() || orgId.length() > MAX_LENGTH || !isOfIdCharacters(orgId)) {
                throw new IllegalArgumentException(
                        "organisation id must have 1 to 128 letters, digits, '_', '-' or '.'");
            }
        }

        /** A loop: every download that is observed, recorded, stored or matched comes by here. */
        private static boolean isOfIdCharacters(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                if (!letterOrDigit && c != '_' && c != '.' && c != '-') {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String text() {
            return "org:" + orgId;
        }
    }

    /** @param tokenId SHA-256 of the token, 64 lower-case hexadecimal digits. */
    record Token(String tokenId) implements Audience {
        private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

        public Token {
            if (!ID.matcher(tokenId).matches()) {
                throw new IllegalArgumentException(
                        "token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits");
            }
        }

        @Override
        public String text() {
            return "token:" + tokenId;
        }
    }

    /** @throws IllegalArgumentException if the text is not of the form that {@link #text()} gives. */
    static Audience parse(String text) {
        if (text.startsWith("org:")) {
            return new Organisation(text.substring("org:".length()));
        }
        if (text.startsWith("token:")) {
            return new Token(text.substring("token:".length()));
        }
        throw new IllegalArgumentException("audience must start with org: or token:");
    }
}
