package tocsin.tracker.history;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;

/**
 * What of the history is to be written to {@code download.recorded} again, and how fast.
 *
 * @param organisation empty: everybody's, also of tokens that belong to no organisation
 * @param since fetched then or later
 * @param until fetched before
 * @param rowsPerSecond over all instances, at most
 */
record Backfill(
        UUID id,
        Instant requestedAt,
        Optional<Audience.Organisation> organisation,
        Instant since,
        Instant until,
        int rowsPerSecond) {

    static final int FASTEST = 100_000;
    private static final int LARGEST_PAGE = 1_000;
    /** Reading a row that is not asked for costs the database this much less than one that goes to the brokers costs everybody. */
    private static final int LOOKED_AT_FOR_ONE = 10;

    /** What the table takes. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("+10000-01-01T00:00:00Z");

    /** @throws IllegalArgumentException if it makes no sense; for the caller to read */
    Backfill {
        if (rowsPerSecond < 1 || rowsPerSecond > FASTEST) {
            throw new IllegalArgumentException("rows_per_second must be from 1 to " + FASTEST);
        }
        if (since.isBefore(EARLIEST) || until.isAfter(LATEST)) {
            throw new IllegalArgumentException("since and until must be in the years 1970 to 9999");
        }
        if (!since.isBefore(until)) {
            throw new IllegalArgumentException("since must be before until");
        }
    }

    /** Rows that are read at once: few enough for memory, and for slow ones a part of what a second may have. */
    int page() {
        return Math.clamp(rowsPerSecond / 4, 1, LARGEST_PAGE);
    }

    /**
     * How long a page stands for. A day of which little is asked for is read no faster than ten times what may be published.
     *
     * @param looked rows that were read
     * @param published of them
     */
    long nanosOf(int looked, int published) {
        return Math.max(published, looked / LOOKED_AT_FOR_ONE) * 1_000_000_000L / rowsPerSecond;
    }

    /**
     * How far it is.
     *
     * @param endedAt empty while it runs
     * @param days that it looks at, as far as they are kept; what lies in no day's partition is one more
     * @param daysDone of them
     * @param unreadable rows that could not be read and were left out
     * @param trouble why it does not go on at the moment, in a few words; empty while it does
     */
    record Progress(
            Backfill backfill,
            State state,
            Optional<Instant> endedAt,
            int days,
            int daysDone,
            long published,
            long unreadable,
            Optional<String> trouble) {}

    /** What has become of it. */
    enum State {
        RUNNING,
        DONE,
        CANCELLED
    }
}
