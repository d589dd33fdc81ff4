package tocsin.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/** What waits for its time, earliest first; what is due at the same time, first come first. For one thread. */
final class DueHeap<T> {

    private record Waiting<T>(Instant due, long turn, T item) {}

    private final PriorityQueue<Waiting<T>> heap = new PriorityQueue<>(
            Comparator.comparing((Waiting<T> it) -> it.due()).thenComparingLong(Waiting::turn));
    private long turns;

    void add(T item, Instant due) {
        heap.add(new Waiting<>(due, turns++, item));
    }

    List<T> takeDue(Instant now) {
        var due = new ArrayList<T>();
        for (Waiting<T> first = heap.peek(); first != null && !first.due().isAfter(now); first = heap.peek()) {
            due.add(first.item());
            heap.remove();
        }
        return due;
    }

    Optional<Instant> nextDue() {
        return Optional.ofNullable(heap.peek()).map(Waiting::due);
    }

    void removeIf(Predicate<T> gone) {
        heap.removeIf(it -> gone.test(it.item()));
    }

    int size() {
        return heap.size();
    }
}
