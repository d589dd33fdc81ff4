package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * Who an {@code Authorization} header speaks for. Of a token only the SHA-256 leaves here, of a password nothing.
 *
 * @param user of Basic; empty for a token
 * @param tokenId SHA-256 of a Bearer token, of the password of the user {@code __token__}, which is how pip sends one, or of a user without a
 *     password, which is what a token in an index' address ({@code https://TOKEN@host}) becomes
 */
record Credentials(Optional<String> user, Optional<String> tokenId) {

    private static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());
    private static final String TOKEN_USER = "__token__";

    /** @return nobody for a header of another scheme, or none */
    static Credentials of(String header) {
        int space = header.indexOf(' ');
        if (space < 0) {
            return NONE;
        }
        String value = header.substring(space + 1).strip();
        return switch (header.substring(0, space).toLowerCase(Locale.ROOT)) {
            case "bearer" -> value.isEmpty() ? NONE : new Credentials(Optional.empty(), Optional.of(sha256(value)));
            case "basic" -> basic(value);
            default -> NONE;
        };
    }

    private static Credentials basic(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
        } catch (IllegalArgumentException e) {
            return NONE;
        }
        int colon = pair.indexOf(':');
        if (colon < 1) {
            return NONE;
        }
        String user = pair.substring(0, colon);
        String password = pair.substring(colon + 1);
        if (password.isEmpty()) {
            return user.equals(TOKEN_USER) ? NONE : new Credentials(Optional.empty(), Optional.of(sha256(user)));
        }
        return user.equals(TOKEN_USER)
                ? new Credentials(Optional.empty(), Optional.of(sha256(password)))
                : new Credentials(Optional.of(user), Optional.empty());
    }

    /**
     * Who it was where a log names the user of Basic beside: that is the token itself, or only says that there is one, where this speaks for a token.
     *
     * @param named by the log; empty for nobody
     */
    Optional<String> user(Optional<String> named) {
        return tokenId.isPresent()
                ? Optional.empty()
                : named.filter(name -> !name.equals(TOKEN_USER)).or(() -> user);
    }

    /** In 64 lower-case hexadecimal digits. */
    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}
