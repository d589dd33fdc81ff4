package tocsin.tracker.history;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Which day's partition a download lies in: the UTC day of {@code fetched_at}, which every repeat of it has too. Only as many days have a partition
 * as are kept, however wrong a clock was: what was fetched before or claims to be far ahead lies in {@link #OUTSIDE}.
 *
 * @param retentionDays before today that are kept
 */
record HistoryDays(int retentionDays) {

    /** Not a day of its own. */
    static final LocalDate OUTSIDE = LocalDate.EPOCH;

    /** The tracker takes what claims to be a day ahead; and midnight may pass while a batch is on its way. */
    private static final int AHEAD = 3;

    LocalDate of(Instant fetchedAt, Instant now) {
        LocalDate day = day(fetchedAt);
        return day.isBefore(oldest(now)) || day.isAfter(newest(now)) ? OUTSIDE : day;
    }

    /** Whether what nobody heard of before the kept days, and which is not of them either, has been given up already. */
    boolean isOver(Instant fetchedAt, Instant receivedAt, Instant now) {
        return of(fetchedAt, now).equals(OUTSIDE) && day(receivedAt).isBefore(oldest(now));
    }

    /** The first that is kept. */
    LocalDate oldest(Instant now) {
        return day(now).minusDays(retentionDays);
    }

    private static LocalDate newest(Instant now) {
        return day(now).plusDays(AHEAD);
    }

    /** Today and those whose partitions are to be there before the first download of them. */
    List<LocalDate> ahead(Instant now) {
        return day(now).datesUntil(newest(now).plusDays(1)).toList();
    }

    static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }
}
