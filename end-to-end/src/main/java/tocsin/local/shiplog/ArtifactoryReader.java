package tocsin.local.shiplog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Artifactory 7's {@code artifactory-request.log}, fields separated by bars: time, trace id, address, user, method, path, status, length of the
 * request, length of the answer, milliseconds, user agent. A trace may span several requests, so it is no request's id.
 */
final class ArtifactoryReader {

    private static final int FIELDS = 11;

    private ArtifactoryReader() {}

    /** @throws IllegalArgumentException if it is no such line; the message does not repeat it */
    static LogLine read(String line) {
        String[] fields = line.split("\\|", FIELDS);
        if (fields.length < FIELDS - 1) {
            throw new IllegalArgumentException("fewer fields than Artifactory's request log has");
        }
        return new LogLine.Told(new LoggedRequest(
                Optional.empty(),
                time(fields[0].strip()),
                fields[4],
                fields[5],
                Math.toIntExact(number(fields[6], 3).orElse(0)),
                number(fields[8], 18),
                Optional.of(fields[3]).filter(user -> !user.equals("non_authenticated_user")),
                Optional.empty()));
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("time is none", e);
        }
    }

    /** Empty for -1, by which it says that it does not know. */
    private static OptionalLong number(String text, int digits) {
        return text.matches("\\d{1," + digits + "}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
