package tocsin.local.shiplog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** nginx with the {@code log_format} of {@code docs/ship-log.md}: one JSON object a line, named by nginx' own variables. */
final class NginxReader {

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final String NO_TOKEN = Credentials.sha256("");

    private NginxReader() {}

    /** @throws IllegalArgumentException if it is no such line; the message does not repeat it */
    static LogLine read(JsonLine json) {
        // A request that nginx could not read, and closed connections, have neither.
        if (json.text("request_method").isEmpty() || json.text("request_uri").isEmpty()) {
            return new LogLine.Ignored();
        }
        Credentials credentials = Credentials.of(json.text("http_authorization").orElse(""));
        Optional<String> tokenId =
                json.text("token_sha256").flatMap(NginxReader::shown).or(credentials::tokenId);
        return new LogLine.Told(new LoggedRequest(
                json.text("request_id"),
                time(json.needed("msec")),
                json.needed("request_method"),
                json.needed("request_uri"),
                json.status("status"),
                json.number("body_bytes_sent"),
                credentials
                        .user(json.text("remote_user"))
                        // nginx calls what comes before the colon a user, also where it is the token.
                        .filter(user -> !tokenId.equals(Optional.of(Credentials.sha256(user)))),
                tokenId));
    }

    /** Nothing where nobody showed a token: then the hash is of nothing. What is no hash may be the token itself. */
    private static Optional<String> shown(String hash) {
        if (!SHA256.matcher(hash).matches()) {
            throw new IllegalArgumentException("token_sha256 is no SHA-256");
        }
        return Optional.of(hash.toLowerCase(Locale.ROOT)).filter(known -> !known.equals(NO_TOKEN));
    }

    /** Seconds since the epoch with milliseconds behind the point. */
    private static Instant time(String seconds) {
        if (!seconds.matches("\\d{1,11}(\\.\\d{1,9})?")) {
            throw new IllegalArgumentException("msec is no time");
        }
        return Instant.ofEpochMilli(new BigDecimal(seconds).multiply(THOUSAND).longValue());
    }
}
