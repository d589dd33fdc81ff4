package tocsin.engine;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Gives out the places for running attempts: so many in all, so many per key, so many to retries. Keys take turns, so a
 * key with much work gets no more of the places than one with little; first attempts and retries take turns too.
 *
 * @param <T> what is started
 */
final class KeyedBulkhead<T> {

    private static final class Lane<T> {
        private final ArrayDeque<T> first = new ArrayDeque<>();
        private final ArrayDeque<T> retries = new ArrayDeque<>();
        private int running;

        private ArrayDeque<T> waiting(boolean retry) {
            return retry ? retries : first;
        }

        private int waiting() {
            return first.size() + retries.size();
        }
    }

    private final EngineConfig.Limits limits;
    private final Consumer<T> starter;
    private final Map<String, Lane<T>> lanes = new HashMap<>();
    /** Lanes with a free place and such work waiting, in the order of their turns. */
    private final SequencedSet<Lane<T>> readyFirst = new LinkedHashSet<>();

    private final SequencedSet<Lane<T>> readyRetries = new LinkedHashSet<>();
    private int running;
    private int runningRetries;
    private boolean retriesTurn;

    /** @param starter must not block; each item given to it is released once */
    KeyedBulkhead(EngineConfig.Limits limits, Consumer<T> starter) {
        this.limits = limits;
        this.starter = starter;
    }

    /** @return false if the key has too much waiting: then the item was not taken */
    synchronized boolean admit(String key, boolean retry, T item) {
        Lane<T> lane = lanes.get(key);
        // A key below its own limit waits because all places are taken: that is no fault of the key.
        if (lane != null && lane.running >= limits.inFlightPerKey() && lane.waiting() >= limits.queuePerKey()) {
            return false;
        }
        enqueue(key, retry, item);
        return true;
    }

    /** As {@link #admit}, however much is waiting. */
    synchronized void enqueue(String key, boolean retry, T item) {
        Lane<T> lane = lanes.computeIfAbsent(key, _ -> new Lane<>());
        lane.waiting(retry).addLast(item);
        line(lane);
        startWhatMay();
    }

    synchronized void release(String key, boolean retry) {
        Lane<T> lane = lanes.get(key);
        if (lane == null || lane.running == 0) {
            throw new IllegalStateException("released more often than started");
        }
        lane.running--;
        running--;
        if (retry) {
            runningRetries--;
        }
        line(lane);
        forgetIfIdle(key, lane);
        startWhatMay();
    }

    /** Takes back what has not been started. */
    synchronized void withdraw(Predicate<T> gone) {
        for (Lane<T> lane : lanes.values()) {
            lane.first.removeIf(gone);
            lane.retries.removeIf(gone);
            line(lane);
        }
        lanes.values().removeIf(it -> it.running == 0 && it.waiting() == 0);
    }

    synchronized int running() {
        return running;
    }

    synchronized int waiting() {
        return lanes.values().stream().mapToInt(Lane::waiting).sum();
    }

    private void startWhatMay() {
        while (running < limits.inFlight()) {
            boolean retriesMay = !readyRetries.isEmpty() && runningRetries < limits.retriesInFlight();
            boolean firstMay = !readyFirst.isEmpty();
            if (!retriesMay && !firstMay) {
                return;
            }
            boolean retry = retriesMay && (retriesTurn || !firstMay);
            retriesTurn = !retry;
            startNext(retry);
        }
    }

    private void startNext(boolean retry) {
        Lane<T> lane = (retry ? readyRetries : readyFirst).removeFirst();
        T item = lane.waiting(retry).removeFirst();
        lane.running++;
        running++;
        if (retry) {
            runningRetries++;
        }
        line(lane);
        starter.accept(item);
    }

    /** Brings the two lines up to date for one lane; one that stands in a line keeps its place. */
    private void line(Lane<T> lane) {
        boolean free = lane.running < limits.inFlightPerKey();
        line(lane, readyFirst, free && !lane.first.isEmpty());
        line(lane, readyRetries, free && !lane.retries.isEmpty());
    }

    private void line(Lane<T> lane, SequencedSet<Lane<T>> ready, boolean stands) {
        if (stands) {
            ready.add(lane);
        } else {
            ready.remove(lane);
        }
    }

    private void forgetIfIdle(String key, Lane<T> lane) {
        if (lane.running == 0 && lane.waiting() == 0) {
            lanes.remove(key);
        }
    }
}
