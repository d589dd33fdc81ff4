package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowBudgetTest {

    private final WindowBudget budget = new WindowBudget(4, 100);

    @ParameterizedTest(name = "{0} records of {1} bytes, all but the first {2} done: full {3}")
    @CsvSource({
        "3, 10, 3, false",
        "4, 10, 4, true",
        "2, 50, 2, true",
        "2, 49, 2, false",
        "50, 10, 1, false",
        "99, 10, 1, false",
        "100, 10, 1, true",
        "100, 10, 0, false"
    })
    void isFullByOpenRecordsBytesOrSpan(int records, int bytes, int open, boolean full) {
        var tracker = new OffsetTracker();
        String body = "x".repeat(bytes - "key".length());
        for (int offset = 0; offset < records; offset++) {
            Received received = tracker.received(Samples.record(offset, body));
            if (offset >= open) {
                received.settle();
            }
        }
        tracker.collect();
        assertEquals(full, budget.isFull(tracker));
    }

    @ParameterizedTest(name = "{0} partitions, then {1} leave: a window of 30 bytes is full {2}")
    @CsvSource({"1, 0, false", "3, 0, false", "4, 0, true", "4, 1, false"})
    void dividesItsBytesAmongThePartitions(int partitions, int leave, boolean full) {
        // Given
        var tracker = new OffsetTracker();
        tracker.received(Samples.record(0, "x".repeat(30 - "key".length())));
        // When
        budget.share(partitions);
        budget.share(-leave);
        // Then
        assertEquals(full, budget.isFull(tracker));
    }

    @Test
    void countsHeadersToo() {
        var header = new MessageHeader("name", new byte[100]);
        var record = Samples.record(0, "body", header, new MessageHeader("none", null));
        assertEquals("key".length() + "body".length() + 104 + 4, record.bytes());
    }
}
