package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tocsin.engine.Delivery;

/**
 * For how long a delivery has waited for an endpoint that fails. Its record carries that in headers as long as it waits for nothing else.
 *
 * @param since when it was first put aside for that
 * @param isExtended whether it was spent already, and it waits for the end of an attempt that was under way then
 */
record Patience(Instant since, boolean isExtended) {

    private static final String SINCE = "left-alone-since";
    private static final String EXTENDED = "left-alone-extended";

    private static final Pattern MILLIS = Pattern.compile("\\d{1,15}");

    /** @param failingSince since when its endpoint fails: to have waited for it before it was well again means nothing */
    static Patience of(Delivery delivery, Instant failingSince, Instant now) {
        Optional<Instant> since = delivery.header(SINCE)
                .filter(text -> MILLIS.matcher(text).matches())
                .map(text -> Instant.ofEpochMilli(Long.parseLong(text)));
        return since.filter(it -> !it.isBefore(failingSince)).isPresent()
                ? new Patience(since.get(), delivery.header(EXTENDED).isPresent())
                : new Patience(since.isPresent() ? failingSince : now, false);
    }

    boolean isSpent(Duration patience, Instant now) {
        return since.plus(patience).isBefore(now);
    }

    Patience extended() {
        return new Patience(since, true);
    }

    Map<String, byte[]> headers() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(SINCE, Long.toString(since.toEpochMilli()).getBytes(UTF_8));
        if (isExtended) {
            headers.put(EXTENDED, "true".getBytes(UTF_8));
        }
        return headers;
    }
}
