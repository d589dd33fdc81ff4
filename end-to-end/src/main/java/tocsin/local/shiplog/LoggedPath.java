package tocsin.local.shiplog;

import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What of a request's target may leave: its path, without what a client may have put there as a secret. */
final class LoggedPath {

    private static final int MAX_LENGTH = 4096;

    /**
     * The registry's API, and in it what names a token or a login: {@code npm logout} is {@code DELETE /-/user/token/<the raw token>},
     * {@code npm token revoke} may name one the same way, and a login is asked after by its own secret. Below any prefix and however it is escaped,
     * since a proxy's log has it as it was sent. No package file lies there: behind {@code /-/} it has no folder but a scope.
     */
    private static final Pattern BEFORE_A_SECRET = Pattern.compile(
            slash() + any("-") + slash() + "(?:.*?" + slash() + ")?" + "(?:" + any("token") + "(?:" + any("s") + ")?|"
                    + any("login") + "(?:(?!" + any("/") + ").)*|" + any("done") + ")" + slash(),
            Pattern.CASE_INSENSITIVE);

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
        Matcher secret = BEFORE_A_SECRET.matcher(path);
        // The request itself is still told of, so that it is counted.
        return secret.find() ? path.substring(0, secret.end()) : path;
    }

    private static String slash() {
        return "(?:" + any("/") + ")+";
    }

    /** Each letter as it is or percent-encoded, also more than once. */
    private static String any(String word) {
        return word.chars()
                .mapToObj(letter -> "(?:" + Pattern.quote(Character.toString(letter)) + "|%(?:25)*(?:" + hex(letter)
                        + "|" + hex(Character.toUpperCase(letter)) + "))")
                .collect(Collectors.joining());
    }

    private static String hex(int letter) {
        return HexFormat.of().toHexDigits((byte) letter);
    }
}
