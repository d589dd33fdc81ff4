package tocsin.service.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether what a table tells is of late. One that reads no more goes on answering, and of a key whose value has changed it gives the one before. Any
 * thread may ask.
 */
public final class TableFreshness {

    /** How old may be what is known, beside the time that it takes to ask. */
    private static final Duration AGE = Duration.ofSeconds(10);

    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final TopicTable<?> table;
    private final LongSupplier nanoTime;
    private volatile Optional<Long> caughtUpAt = Optional.empty();

    public TableFreshness(TopicTable<?> table) {
        this(table, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()}, which no step of the clock makes older or younger */
    public TableFreshness(TopicTable<?> table, LongSupplier nanoTime) {
        this.table = table;
        this.nanoTime = nanoTime;
    }

    /** Asks the brokers every ten seconds, and waits for some seconds if the table is behind. */
    public boolean isFresh() throws InterruptedException {
        long now = nanoTime.getAsLong();
        if (caughtUpAt.filter(at -> now - at < AGE.toNanos()).isPresent()) {
            return true;
        }
        if (!table.awaitCaughtUp(CATCH_UP)) {
            return false;
        }
        caughtUpAt = Optional.of(now);
        return true;
    }
}
