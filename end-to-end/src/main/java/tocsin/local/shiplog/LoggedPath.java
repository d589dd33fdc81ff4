package tocsin.local.shiplog;

import java.util.HexFormat;
import java.util.Locale;

/** What of a request's target may leave: its path, without what a client may have put there as a secret. */
final class LoggedPath {

    /** As the tracker takes it. */
    private static final int MAX_LENGTH = 2048;

    /** Behind {@code /-/} a registry has its API, and no package file but in the folder of a scope. */
    private static final String API = "-";

    private LoggedPath() {}

    /**
     * A query may carry a token as well, and the target of a proxy request a user and a password before its host; no path needs either.
     *
     * @throws IllegalArgumentException if it is longer than any that a registry serves; does not repeat it
     */
    static String of(String target) {
        String path = target;
        int scheme = path.indexOf("://");
        if (scheme > 0 && scheme < 8) {
            int slash = path.indexOf('/', scheme + 3);
            path = slash < 0 ? "/" : path.substring(slash);
        }
        int query = path.indexOf('?');
        int fragment = path.indexOf('#');
        int end = Math.min(query < 0 ? path.length() : query, fragment < 0 ? path.length() : fragment);
        if (end > MAX_LENGTH) {
            throw new IllegalArgumentException("path is too long");
        }
        path = path.substring(0, end);
        // The request itself is still told of, so that it is counted.
        return path.substring(0, beforeASecret(path));
    }

    /**
     * In a registry's API a path may name a token or a login: {@code npm logout} is {@code DELETE /-/user/token/<the raw token>},
     * {@code npm token revoke} may name one the same way, and a login is asked after by its own secret. Below any prefix and however it is escaped,
     * since a proxy's log has it as it was sent.
     *
     * <p>Each character is looked at once: the path is anybody's, and an expression with choices within repeats is slow on some, or never done.
     *
     * @return where the path is to end
     */
    private static int beforeASecret(String path) {
        StringBuilder segment = new StringBuilder();
        boolean inApi = false;
        boolean named = false;
        int at = 0;
        while (at < path.length()) {
            Letter letter = Letter.at(path, at);
            if (letter.plain() != '/') {
                if (named) {
                    return at;
                }
                segment.append(letter.plain());
            } else if (!segment.isEmpty()) {
                String name = segment.toString().toLowerCase(Locale.ROOT);
                named = inApi && namesASecret(name);
                inApi = inApi || name.equals(API);
                segment.setLength(0);
            }
            at = letter.end();
        }
        return path.length();
    }

    private static boolean namesASecret(String segment) {
        return switch (segment) {
            case "token", "tokens", "done" -> true;
            default -> segment.startsWith("login");
        };
    }

    /** @param end behind it, as it stands in the path */
    private record Letter(char plain, int end) {

        /** As it is, or percent-encoded, also more than once. */
        static Letter at(String path, int at) {
            if (path.charAt(at) != '%') {
                return new Letter(path.charAt(at), at + 1);
            }
            int digits = at + 1;
            while (path.startsWith("25", digits) && isHex(path, digits + 2)) {
                digits += 2;
            }
            return isHex(path, digits)
                    ? new Letter((char) Integer.parseInt(path, digits, digits + 2, 16), digits + 2)
                    : new Letter('%', at + 1);
        }

        private static boolean isHex(String path, int at) {
            return at + 2 <= path.length()
                    && HexFormat.isHexDigit(path.charAt(at))
                    && HexFormat.isHexDigit(path.charAt(at + 1));
        }
    }
}
