package tocsin.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a poll thread holds, as of its last turn.
 *
 * @param open records received and not done
 * @param span those and the done ones that wait behind them for their commit
 * @param paused partitions not read because their window is full
 * @param firstDue when the first record that has not begun was, or will be, due; as of the last second
 */
record WindowView(int open, int span, int assigned, int paused, Optional<Instant> firstDue) {

    static final WindowView NONE = new WindowView(0, 0, 0, 0, Optional.empty());

    /** How long the first record that has not begun has been due; zero where none is. */
    Duration overdue(Instant now) {
        return firstDue.filter(due -> due.isBefore(now))
                .map(due -> Duration.between(due, now))
                .orElse(Duration.ZERO);
    }
}
