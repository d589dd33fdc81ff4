package tocsin.service.tracing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The place in a trace at which something was caused, in the words of W3C Trace Context, version 00.
 *
 * @param text {@code 00-}, the trace's id of 32 hexadecimal digits, {@code -}, the step's id of 16, {@code -}, two digits of flags
 */
public record TraceParent(String text) {

    /** Of record headers and of HTTP alike. */
    public static final String HEADER = "traceparent";

    private static final int LENGTH = 55;

    /** Ids of zeros only are none. */
    private static final Pattern FORM = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    /** @throws IllegalArgumentException if the text is none */
    public TraceParent {
        if (text.length() != LENGTH || !FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("is no traceparent");
        }
    }

    /** The last header of that name counts. @return empty where there is none that is sound */
    public static Optional<TraceParent> in(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null ? Optional.empty() : parse(header.value());
    }

    /** @return empty for what is none, whoever wrote it */
    public static Optional<TraceParent> parse(byte @Nullable [] header) {
        return header == null || header.length != LENGTH ? Optional.empty() : parse(new String(header, ISO_8859_1));
    }

    /** @return empty for what is none, whoever wrote it */
    public static Optional<TraceParent> parse(@Nullable String text) {
        return text != null && text.length() == LENGTH && FORM.matcher(text).matches()
                ? Optional.of(new TraceParent(text))
                : Optional.empty();
    }

    public byte[] bytes() {
        return text.getBytes(ISO_8859_1);
    }

    String traceId() {
        return text.substring(3, 35);
    }

    String stepId() {
        return text.substring(36, 52);
    }

    String flags() {
        return text.substring(53);
    }
}
