package tocsin.sender.deliverylog;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The UTC days by which the log is cut.
 *
 * @param retentionDays before today that are kept
 */
record LogDays(int retentionDays) {

    private static final int AHEAD = 3;

    static LocalDate of(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /** Of the day of that time. */
    static Instant start(Instant time) {
        return start(of(time));
    }

    static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** The first that is kept. */
    LocalDate oldest(Instant now) {
        return of(now).minusDays(retentionDays);
    }

    /** Today and those whose partitions are to be there before anything happens in them. */
    List<LocalDate> ahead(Instant now) {
        LocalDate today = of(now);
        return today.datesUntil(today.plusDays(AHEAD + 1)).toList();
    }
}
