package tocsin.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tocsin.engine.OffsetTracker.Place;

/** One record on its way through the engine: waiting, running, or over. */
final class Received {

    private final InboundRecord record;
    private final OffsetTracker tracker;
    private @Nullable Place place;
    private volatile boolean running;
    private volatile boolean settled;

    Received(InboundRecord record, OffsetTracker tracker) {
        this.record = record;
        this.tracker = tracker;
    }

    InboundRecord record() {
        return record;
    }

    boolean isLeaving() {
        return tracker.isStopped();
    }

    void takes(Place itsPlace) {
        place = itsPlace;
    }

    Place place() {
        return Objects.requireNonNull(place, "not tracked");
    }

    /**
     * Each true needs one {@link #leave()}.
     *
     * @return false if its partition is leaving: then it must not be touched
     */
    boolean start() {
        // Entered before looking: who stops the tracker and then sees nobody running is right.
        enter();
        if (tracker.isStopped()) {
            leave();
            return false;
        }
        return true;
    }

    /** Also while the partition is leaving: for handing over. */
    void enter() {
        running = true;
        tracker.enter();
    }

    void leave() {
        running = false;
        tracker.leave();
    }

    /** Its result is durable, with the handler or with the next topic. */
    void settle() {
        settled = true;
        tracker.settle(this);
    }

    /** Nobody works at it any more. Unless it is settled, only reading it again can bring it to its end. */
    void breakOff() {
        if (!settled) {
            tracker.breakOff();
        }
    }

    boolean isRunning() {
        return running;
    }

    boolean isSettled() {
        return settled;
    }

    /** Its partition has gone, so what becomes of it is another's business. */
    boolean isAbandoned() {
        return tracker.isDropped();
    }
}
