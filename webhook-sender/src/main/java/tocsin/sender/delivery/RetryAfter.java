package tocsin.sender.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a {@code Retry-After} header (RFC 9110, 10.2.3): whole seconds or an HTTP date.
 *
 * @param now what a date is counted from
 * @param cap more than this is not waited for
 */
record RetryAfter(Instant now, Duration cap) {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,18}");

    /** @return from zero to the cap; empty if the value says nothing that can be understood */
    Optional<Duration> wait(String value) {
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(capped(Duration.ofSeconds(Long.parseLong(text))));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(capped(Duration.between(now, until)));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private Duration capped(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(cap) < 0 ? wait : cap;
    }
}
