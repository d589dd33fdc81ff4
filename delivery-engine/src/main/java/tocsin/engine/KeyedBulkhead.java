package tocsin.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Gives out the places for running attempts: so many in all, so many per key ({@link KeyLane}), so many to retries. Keys take turns, so a
 * key with much work gets no more of the places than one with little; first attempts and retries take turns too.
 *
 * <p>An owner of keys gets another place only while it has fewer than are free. So one alone has half of them at most, two have a third each, and
 * there is always room for one more owner; keys of nobody in particular are not bound so.
 *
 * <p>A key that has too much waiting and is slow at it is crowded: what comes beyond is better deferred. A burst for a
 * key that is quick may wait in line, however long the line. And where most keys are behind, but not because their attempts fail, no key is to blame: what
 * is deferred would come back to the same lines, and moving it would cost what there is too little of.
 *
 * @param <T> what is started
 */
final class KeyedBulkhead<T> {

    /** Of fewer keys each may well be slow by itself. */
    private static final int FEW = 4;

    private final EngineConfig.Limits limits;
    private final long longestWaitNanos;
    private final LongSupplier nanos;
    private final Consumer<T> starter;
    private final Map<String, KeyLane<T>> lanes = new HashMap<>();
    /** Lanes with a free place and such work waiting, in the order of their turns. */
    private final SequencedSet<KeyLane<T>> readyFirst = new LinkedHashSet<>();

    private final SequencedSet<KeyLane<T>> readyRetries = new LinkedHashSet<>();
    /** Lanes with more waiting than they should have. */
    private final SequencedSet<KeyLane<T>> tooLong = new LinkedHashSet<>();

    private final SequencedSet<KeyLane<T>> behind = new LinkedHashSet<>();

    private final RecentKeys keys;
    private final OwnerShares shares;

    private int runningRetries;
    private boolean retriesTurn;

    /**
     * @param longestWait how long a line that is too long may take to come to its end
     * @param starter must not block; each item given to it is released once
     */
    KeyedBulkhead(EngineConfig.Limits limits, Duration longestWait, LongSupplier nanos, Consumer<T> starter) {
        this.limits = limits;
        this.longestWaitNanos = longestWait.toNanos();
        this.nanos = nanos;
        this.starter = starter;
        this.keys = new RecentKeys(nanos);
        this.shares = new OwnerShares(limits.inFlight());
    }

    /**
     * @param owner whose key it is, always the same while the key has work; empty: nobody's in particular
     * @return false if the key is crowded: then the item was not taken
     */
    synchronized boolean admit(String key, String owner, boolean retry, T item) {
        keys.add(key);
        KeyLane<T> lane =
                lanes.computeIfAbsent(key, _ -> new KeyLane<>(owner, limits.inFlightPerKey(), nanos.getAsLong()));
        if (lane.waiting() >= limits.queuePerKey() && isSlow(lane)) {
            return false;
        }
        lane.enqueue(retry, item);
        line(lane);
        startWhatMay();
        return true;
    }

    /** Takes back the end of each line that proved too slow after it had grown too long. */
    synchronized List<T> takeSurplus() {
        var surplus = new ArrayList<T>();
        for (KeyLane<T> lane : List.copyOf(tooLong)) {
            if (isSlow(lane)) {
                while (lane.waiting() > limits.queuePerKey()) {
                    surplus.add(lane.takeLast());
                }
                line(lane);
            }
        }
        return surplus;
    }

    /** @param failed whether the attempt wants another, or broke off */
    synchronized void release(String key, boolean retry, boolean failed) {
        KeyLane<T> lane = lanes.get(key);
        if (lane == null) {
            throw new IllegalStateException("released more often than started");
        }
        lane.release(failed, nanos.getAsLong());
        shares.give(lane.owner());
        if (retry) {
            runningRetries--;
        }
        line(lane);
        if (lane.isIdle()) {
            lanes.remove(key);
        }
        startWhatMay();
    }

    /** Takes back what has not been started. */
    synchronized void withdraw(Predicate<T> gone) {
        for (KeyLane<T> lane : lanes.values()) {
            lane.removeIf(gone);
            line(lane);
        }
        lanes.values().removeIf(KeyLane::isIdle);
    }

    synchronized int running() {
        return shares.taken();
    }

    synchronized int waiting() {
        return lanes.values().stream().mapToInt(KeyLane::waiting).sum();
    }

    private boolean isSlow(KeyLane<T> lane) {
        // A key below its own limit, whose owner is below its share, waits because all places are taken: that is no
        // fault of theirs.
        return (lane.isFull() || shares.isAtShare(lane.owner()))
                && lane.expectedWaitNanos(nanos.getAsLong()) >= longestWaitNanos
                && !areMostBehind();
    }

    private boolean areMostBehind() {
        int known = keys.count();
        return known >= FEW && behind.size() * 2 > known;
    }

    private void startWhatMay() {
        while (shares.taken() < limits.inFlight()) {
            Optional<KeyLane<T>> retries =
                    runningRetries < limits.retriesInFlight() ? next(readyRetries) : Optional.empty();
            Optional<KeyLane<T>> first = retries.isPresent() && retriesTurn ? Optional.empty() : next(readyFirst);
            boolean retry = retries.isPresent() && (retriesTurn || first.isEmpty());
            Optional<KeyLane<T>> lane = retry ? retries : first;
            if (lane.isEmpty()) {
                return;
            }
            retriesTurn = !retry;
            start(lane.get(), retry);
        }
    }

    /** The first whose owner may have another place. */
    private Optional<KeyLane<T>> next(SequencedSet<KeyLane<T>> ready) {
        for (KeyLane<T> lane : ready) {
            if (!shares.isAtShare(lane.owner())) {
                return Optional.of(lane);
            }
        }
        return Optional.empty();
    }

    private void start(KeyLane<T> lane, boolean retry) {
        // Its next turn comes after everybody else's.
        (retry ? readyRetries : readyFirst).remove(lane);
        T item = lane.start(retry, nanos.getAsLong());
        shares.take(lane.owner());
        if (retry) {
            runningRetries++;
        }
        line(lane);
        starter.accept(item);
    }

    /** Brings the lines up to date for one lane; one that stands in a line keeps its place. */
    private void line(KeyLane<T> lane) {
        boolean free = !lane.isFull();
        stand(lane, readyFirst, free && lane.has(false));
        stand(lane, readyRetries, free && lane.has(true));
        stand(lane, tooLong, lane.waiting() > limits.queuePerKey());
        stand(lane, behind, lane.isBehind());
    }

    private void stand(KeyLane<T> lane, SequencedSet<KeyLane<T>> line, boolean stands) {
        if (stands) {
            line.add(lane);
        } else {
            line.remove(lane);
        }
    }
}
