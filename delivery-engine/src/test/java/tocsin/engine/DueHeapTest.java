package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DueHeapTest {

    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private final DueHeap<String> heap = new DueHeap<>();

    @Test
    void givesNothingBeforeItsTime() {
        heap.add("a", T);
        assertEquals(List.of(), heap.takeDue(T.minusNanos(1)));
        assertEquals(List.of("a"), heap.takeDue(T));
        assertEquals(List.of(), heap.takeDue(T));
    }

    @Test
    void givesTheEarliestFirstAndEqualOnesAsTheyCame() {
        heap.add("late", T.plusSeconds(2));
        heap.add("first", T);
        heap.add("second", T);
        heap.add("early", T.minusSeconds(1));
        assertEquals(List.of("early", "first", "second", "late"), heap.takeDue(T.plusSeconds(2)));
    }

    @Test
    void tellsTheNextTime() {
        heap.add("b", T.plusSeconds(1));
        heap.add("a", T);
        assertEquals(Optional.of(T), heap.nextDue());
        heap.removeIf("a"::equals);
        assertEquals(Optional.of(T.plusSeconds(1)), heap.nextDue());
        heap.removeIf("b"::equals);
        assertEquals(Optional.empty(), heap.nextDue());
    }
}
