package tocsin.sender.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads a {@code Retry-After} header (RFC 9110, 10.2.3): whole seconds or an HTTP date.
 *
 * @param now what a date is counted from
 * @param cap more than this is not waited for
 */
record RetryAfter(Instant now, Duration cap) {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,18}");

    /** As C writes it: {@code Fri Apr  7 12:00:30 2026}. */
    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US).withZone(ZoneOffset.UTC);

    /** RFC 9110, 5.6.7: of a year of two digits that would be more than fifty years ahead, the one before is meant. */
    private static final int YEARS_BACK = 50;

    /** @return from zero to the cap; empty if the value says nothing that can be understood */
    Optional<Duration> wait(String value) {
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(capped(Duration.ofSeconds(Long.parseLong(text))));
        }
        return date(text).map(until -> capped(Duration.between(now, until)));
    }

    /** The form that is written today, and the two that everybody must still read. */
    private Optional<Instant> date(String text) {
        return Stream.of(DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(), ASCTIME)
                .flatMap(format -> parsed(text, format).stream())
                .findFirst();
    }

    /** {@code Friday, 17-Apr-26 12:00:30 GMT}. */
    private DateTimeFormatter rfc850() {
        LocalDate earliest = LocalDate.ofInstant(now, ZoneOffset.UTC).minusYears(YEARS_BACK);
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, earliest)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.US)
                .withZone(ZoneOffset.UTC);
    }

    private static Optional<Instant> parsed(String text, DateTimeFormatter format) {
        try {
            return Optional.of(format.parse(text, Instant::from));
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
