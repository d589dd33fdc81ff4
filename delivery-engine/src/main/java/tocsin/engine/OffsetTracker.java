package tocsin.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The records received from one partition during one assignment, in the order received, and which of them are done. A
 * partition that comes back gets a new tracker, so what was started under the old one can no longer advance anything.
 *
 * <p>Belongs to one poll thread; {@link #settle}, {@link #enter}, {@link #leave} and the flags are for all.
 */
final class OffsetTracker {

    /** Keeps the record only while it is open: behind one slow record many done ones may wait for their commit. */
    static final class Place {
        private final long offset;
        private final long bytes;
        private @Nullable Received open;

        private Place(long offset, long bytes, Received open) {
            this.offset = offset;
            this.bytes = bytes;
            this.open = open;
        }
    }

    private final ArrayDeque<Place> places = new ArrayDeque<>();
    private final Queue<Received> settled = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    private volatile boolean dropped;
    private volatile boolean broken;
    private int running;
    private OptionalLong committable = OptionalLong.empty();
    private int openRecords;
    private long openBytes;

    Received received(InboundRecord record) {
        var received = new Received(record, this);
        var place = new Place(record.offset(), record.bytes(), received);
        received.takes(place);
        places.addLast(place);
        openRecords++;
        openBytes += place.bytes;
        return received;
    }

    /** From any thread: its result is durable. Counts at the next {@link #collect()}. */
    void settle(Received received) {
        settled.add(received);
    }

    void collect() {
        for (Received next = settled.poll(); next != null; next = settled.poll()) {
            done(next);
        }
    }

    private void done(Received received) {
        Place place = received.place();
        if (place.open == null) {
            return;
        }
        place.open = null;
        openRecords--;
        openBytes -= place.bytes;
        // Transaction markers and compaction leave gaps, so the next offset is known only from the records themselves.
        for (Place head = places.peekFirst(); head != null && head.open == null; head = places.peekFirst()) {
            committable = OptionalLong.of(head.offset + 1);
            places.removeFirst();
        }
    }

    /** One past the last record before which everything received is done; empty while there is none. */
    OptionalLong committable() {
        return committable;
    }

    /** Nothing received is open, so that the reading position itself may be committed. */
    boolean isEmpty() {
        return places.isEmpty();
    }

    int openRecords() {
        return openRecords;
    }

    long openBytes() {
        return openBytes;
    }

    /** Open records and those done ones that wait behind them for their commit. */
    int span() {
        return places.size();
    }

    /** When the first record that has not begun was, or will be, due: retries lie nearly in the order in which they are due. */
    Optional<Instant> firstDue() {
        for (Place place : places) {
            Received open = place.open;
            if (open != null && !open.isRunning() && !open.isSettled()) {
                return Optional.of(open.record().due());
            }
        }
        return Optional.empty();
    }

    /**
     * Records not started, behind which others are already done: unless they are handed over, those others come again.
     * Stops at the first record that still runs, since no commit will pass it.
     */
    List<Received> gaps() {
        var gaps = new ArrayList<Received>();
        var sinceLastDone = new ArrayList<Received>();
        for (Place place : places) {
            Received open = place.open;
            if (open != null && open.isRunning()) {
                break;
            }
            if (open == null || open.isSettled()) {
                gaps.addAll(sinceLastDone);
                sinceLastDone.clear();
            } else {
                sinceLastDone.add(open);
            }
        }
        return gaps;
    }

    /** From now on nothing starts; what runs may still end and count. */
    void stop() {
        stopped = true;
    }

    /** The assignment is over: what still runs counts for nothing. */
    void drop() {
        stopped = true;
        dropped = true;
    }

    /** From any thread: one of its records will never be settled. */
    void breakOff() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isDropped() {
        return dropped;
    }

    synchronized void enter() {
        running++;
    }

    synchronized void leave() {
        running--;
        if (running == 0) {
            notifyAll();
        }
    }

    /** Returns when nothing runs, or after that time. */
    synchronized void awaitIdle(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); running > 0 && left > 0; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
