package tocsin.planted.time;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.function.Supplier;

/** Asks for the time in every way. */
final class Timekeeper {

    Instant instant() {
        return Instant.now();
    }

    long millis() {
        return System.currentTimeMillis();
    }

    ZonedDateTime zoned() {
        return ZonedDateTime.now(ZoneOffset.UTC);
    }

    @SuppressWarnings("JavaUtilDate")
    Date date() {
        return new Date();
    }

    Clock clock() {
        return Clock.systemUTC();
    }

    Supplier<Instant> reference() {
        return Instant::now;
    }

    Instant givenAClock(Clock clock) {
        return Instant.now(clock);
    }

    long measure() {
        return System.nanoTime();
    }
}
