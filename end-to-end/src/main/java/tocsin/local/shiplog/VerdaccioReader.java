package tocsin.local.shiplog;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Verdaccio 6 with {@code log: {format: json, level: http}}. A request has up to three lines, which share no id: when it comes ({@code req}), when
 * its answer begins ({@code request}, no user, no bytes), and when it ends. Only the last tells how it went; the middle one of a file is a 200 of no
 * bytes, which it never is at its end.
 */
final class VerdaccioReader {

    private VerdaccioReader() {}

    /** @throws IllegalArgumentException if it is no such line; the message does not repeat it */
    static LogLine read(JsonLine json) {
        Optional<JsonLine> request = json.inner("request");
        if (request.isEmpty() || !json.has("status")) {
            return new LogLine.Ignored();
        }
        String method = request.get().needed("method");
        int status = json.status("status");
        OptionalLong bytes =
                json.inner("bytes").map(counts -> counts.number("out")).orElse(OptionalLong.empty());
        if (method.equals("GET") && status == 200 && bytes.orElse(0) == 0) {
            return new LogLine.Ignored();
        }
        return new LogLine.Told(new LoggedRequest(
                Optional.empty(),
                time(json),
                method,
                request.get().needed("url"),
                status,
                bytes,
                json.text("user"),
                Optional.empty()));
    }

    /** Milliseconds since the epoch, or ISO-8601 where the logger was told so. */
    private static Instant time(JsonLine json) {
        OptionalLong millis = json.number("time");
        try {
            return millis.isPresent() ? Instant.ofEpochMilli(millis.getAsLong()) : Instant.parse(json.needed("time"));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("time is none", e);
        }
    }
}
