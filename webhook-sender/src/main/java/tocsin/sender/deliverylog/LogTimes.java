package tocsin.sender.deliverylog;

import java.time.Instant;

/** Times that callers name, of which a database has not room for all. */
public final class LogTimes {

    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

    private LogTimes() {}

    /** The same for all times at which something can have happened. */
    public static Instant bounded(Instant time) {
        if (time.isBefore(FIRST)) {
            return FIRST;
        }
        return time.isAfter(LAST) ? LAST : time;
    }
}
