package tocsin.local.shiplog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Nexus 3's {@code request.log} in its own pattern: {@code %clientHost %l %user [%date] "%requestURL" %statusCode %header{Content-Length}
 * %bytesSent %elapsedTime "%header{User-Agent}" [%thread]}.
 */
final class NexusReader {

    private static final Pattern LINE =
            Pattern.compile("\\S{1,255} \\S{1,64} (?<user>[^\\[\"]{1,256}) \\[(?<date>[^\\]]{1,64})\\]"
                    + " \"(?<method>[A-Z]{1,32}) (?<target>\\S{1,8192})( HTTP/[0-9.]{1,8})?\""
                    + " (?<status>\\d{3}) \\S{1,20} (?<bytes>-|\\d{1,18}) .*");

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

    private NexusReader() {}

    /** @throws IllegalArgumentException if it is no such line; the message does not repeat it */
    static LogLine read(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not in the pattern of Nexus' request.log");
        }
        String bytes = parts.group("bytes");
        return new LogLine.Told(new LoggedRequest(
                Optional.empty(),
                date(parts.group("date")),
                parts.group("method"),
                parts.group("target"),
                Integer.parseInt(parts.group("status")),
                bytes.equals("-") ? OptionalLong.of(0) : OptionalLong.of(Long.parseLong(bytes)),
                Optional.of(parts.group("user")),
                Optional.empty()));
    }

    private static Instant date(String text) {
        try {
            return OffsetDateTime.parse(text, DATE).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("date is none", e);
        }
    }
}
