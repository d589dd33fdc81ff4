package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OffsetTrackerTest {

    private final OffsetTracker tracker = new OffsetTracker();
    private final Map<Long, Received> received = new HashMap<>();

    @ParameterizedTest(name = "{0}; done {1}: {2}")
    @CsvSource(nullValues = "-", textBlock = """
            # received   | done      | commit | why
            0 1 2        | -         | -      | nothing is done
            0 1 2        | 0         | 1      |
            0 1 2        | 1 2       | -      | the first is open
            0 1 2        | 2 0 1     | 3      | in any order
            0 1 2 3      | 0 1 3     | 2      | a hole
            5 6          | 5         | 6      | an assignment begins anywhere
            0 1 5 9      | 0 1       | 2      | not up to the next record, which is for it to say
            0 1 5 9      | 0 1 5     | 6      | gaps of transaction markers
            0 2 4        | 0 2 4     | 5      | a gap after each
            7 8 3 4      | 7 8       | 9      | before a log that was cut back and read again
            7 8 3 4      | 7 8 3     | 4      | after it
            0 1          | 1 0 0 1 1 | 2      | told twice
            """, delimiter = '|')
    void commitsBehindTheLastContiguousDoneRecord(String offsets, String done, Long commit, String why) {
        receive(offsets);
        complete(done == null ? "" : done);
        assertEquals(commit == null ? OptionalLong.empty() : OptionalLong.of(commit), tracker.committable(), why);
    }

    @Test
    void countsWhatIsOpenAndWhatWaitsForItsCommit() {
        // Given
        receive("0 1 2 3");
        // When
        complete("1 2");
        // Then
        assertEquals(2, tracker.openRecords());
        assertEquals(4, tracker.span());
        assertEquals(2 * Samples.record(0).bytes(), tracker.openBytes());
        assertFalse(tracker.isEmpty());
    }

    @Test
    void isEmptyOnceAllIsDone() {
        receive("0 1");
        complete("1 0");
        assertTrue(tracker.isEmpty());
        assertEquals(0, tracker.openBytes());
    }

    @Test
    void isNotMovedByWhatAnEarlierAssignmentStarted() {
        // Given
        receive("0 1");
        var next = new OffsetTracker();
        next.received(Samples.record(0));
        tracker.drop();
        // When
        complete("0 1");
        next.collect();
        // Then
        assertEquals(OptionalLong.empty(), next.committable());
        assertTrue(at(0).isAbandoned());
    }

    @ParameterizedTest(name = "{0}; done {1}, running {2}: {3}")
    @CsvSource(nullValues = "-", emptyValue = "", textBlock = """
            # received | done  | running | gaps
            0 1 2      | -     | -       | -
            0 1 2      | 0     | -       | -
            0 1 2      | 1     | -       | 0
            0 1 2 3    | 1 3   | -       | 0 2
            0 1 2 3    | 1 3   | 2       | 0
            0 1 2 3    | 1 3   | 0       | -
            """, delimiter = '|')
    void namesTheRecordsThatKeepDoneOnesFromBeingCommitted(String offsets, String done, String running, String gaps) {
        receive(offsets);
        complete(done == null ? "" : done);
        numbers(running == null ? "" : running).forEach(it -> at(it).start());
        assertEquals(
                numbers(gaps == null ? "" : gaps).toList(),
                tracker.gaps().stream().map(it -> it.record().offset()).toList());
    }

    @Test
    void startsNothingOnceStopped() {
        receive("0");
        tracker.stop();
        assertFalse(at(0).start());
        assertFalse(at(0).isRunning());
    }

    @Test
    void countsWhatEndsAfterItWasStopped() throws InterruptedException {
        // Given
        receive("0");
        assertTrue(at(0).start());
        tracker.stop();
        // When
        Thread.startVirtualThread(() -> {
            at(0).settle();
            at(0).leave();
        });
        tracker.awaitIdle(Duration.ofSeconds(10));
        tracker.collect();
        // Then
        assertEquals(OptionalLong.of(1), tracker.committable());
    }

    @Test
    void waitsNoLongerThanAsked() throws InterruptedException {
        receive("0");
        assertTrue(at(0).start());
        tracker.awaitIdle(Duration.ofMillis(20));
        assertTrue(at(0).isRunning());
    }

    private Received at(long offset) {
        return Objects.requireNonNull(received.get(offset));
    }

    private void receive(String offsets) {
        numbers(offsets).forEach(it -> received.put(it, tracker.received(Samples.record(it))));
    }

    private void complete(String offsets) {
        numbers(offsets).forEach(it -> at(it).settle());
        tracker.collect();
    }

    private static Stream<Long> numbers(String text) {
        return Arrays.stream(text.split(" ")).filter(it -> !it.isBlank()).map(Long::valueOf);
    }
}
