package tocsin.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What one poll thread holds of its topic: a tracker for each assigned partition, and the records not yet due. */
final class PartitionWindows {

    /** Behind running ones the first that waits may lie far back, and turns come often. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final WindowBudget budget;
    private final Dispatch dispatch;
    private final Clock clock;
    private final Map<Integer, OffsetTracker> trackers = new HashMap<>();
    private final DueHeap<Received> waiting = new DueHeap<>();
    private Optional<Instant> firstDue = Optional.empty();
    private Instant nextLook = Instant.MIN;

    PartitionWindows(WindowBudget budget, Dispatch dispatch, Clock clock) {
        this.budget = budget;
        this.dispatch = dispatch;
        this.clock = clock;
    }

    void assigned(int partition) {
        if (trackers.put(partition, new OffsetTracker()) == null) {
            budget.share(1);
        }
    }

    Map<Integer, OffsetTracker> trackers() {
        return Map.copyOf(trackers);
    }

    void received(InboundRecord record) {
        OffsetTracker tracker = trackers.get(record.partition());
        if (tracker != null) {
            waiting.add(tracker.received(record), record.due());
        }
    }

    void startDue() {
        waiting.takeDue(clock.instant()).forEach(dispatch::submit);
        dispatch.deferSurplus();
    }

    /** @param longest answered where nothing is due before */
    Duration untilNextDue(Duration longest) {
        // A millisecond on top: clients count in whole ones, and one too few would turn the wait into a spin.
        return waiting.nextDue()
                .map(due -> Duration.between(clock.instant(), due).plusMillis(1))
                .filter(until -> until.compareTo(longest) < 0)
                .map(until -> until.isNegative() ? Duration.ZERO : until)
                .orElse(longest);
    }

    /** Holds a record that nobody works at and that will never be done. */
    boolean isBroken() {
        return trackers.values().stream().anyMatch(OffsetTracker::isBroken);
    }

    void collectDone() {
        trackers.values().forEach(OffsetTracker::collect);
    }

    /** The partitions not to be read now; worked out anew each time, never remembered. */
    Set<Integer> full() {
        var full = new HashSet<Integer>();
        trackers.forEach((partition, tracker) -> {
            if (budget.isFull(tracker)) {
                full.add(partition);
            }
        });
        return full;
    }

    /**
     * Brings partitions that leave to rest: nothing more starts, what runs may end, and records that would keep later,
     * done ones from being committed are handed over to a tier.
     */
    void settle(Collection<Integer> partitions, Duration forRunning, Duration forHandover) throws InterruptedException {
        List<OffsetTracker> leaving = of(partitions);
        leaving.forEach(OffsetTracker::stop);
        withdraw();
        awaitIdle(leaving, forRunning);
        leaving.stream().flatMap(it -> it.gaps().stream()).forEach(dispatch::handOver);
        awaitIdle(leaving, forHandover);
    }

    /** What still runs there counts for nothing from now on. */
    void forget(Collection<Integer> partitions) {
        List<OffsetTracker> gone = of(partitions);
        gone.forEach(OffsetTracker::drop);
        budget.share(-gone.size());
        withdraw();
        trackers.keySet().removeAll(partitions);
    }

    WindowView view() {
        int open =
                trackers.values().stream().mapToInt(OffsetTracker::openRecords).sum();
        int span = trackers.values().stream().mapToInt(OffsetTracker::span).sum();
        Instant now = clock.instant();
        if (!now.isBefore(nextLook)) {
            firstDue = trackers.values().stream()
                    .flatMap(tracker -> tracker.firstDue().stream())
                    .min(Comparator.naturalOrder());
            nextLook = now.plus(BETWEEN_LOOKS);
        }
        return new WindowView(open, span, trackers.size(), full().size(), firstDue);
    }

    /** From any thread. */
    Duration overdue(WindowView view) {
        return view.overdue(clock.instant());
    }

    private List<OffsetTracker> of(Collection<Integer> partitions) {
        return partitions.stream().map(trackers::get).filter(Objects::nonNull).toList();
    }

    private void withdraw() {
        waiting.removeIf(Received::isLeaving);
        dispatch.withdraw(Received::isLeaving);
    }

    private static void awaitIdle(List<OffsetTracker> leaving, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        for (OffsetTracker tracker : leaving) {
            tracker.awaitIdle(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            tracker.collect();
        }
    }
}
