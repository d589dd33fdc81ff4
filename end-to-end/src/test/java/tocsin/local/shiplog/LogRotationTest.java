package tocsin.local.shiplog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.local.shiplog.SampleLog.all;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a log is put away, {@link LogTail} reads each line once. */
class LogRotationTest {

    @TempDir
    private Path folder;

    private SampleLog log;

    @BeforeEach
    void placeTheLog() {
        log = new SampleLog(folder);
    }

    @Test
    void goesOnThroughARename() throws IOException {
        try (LogTail tail = log.tail()) {
            // Given
            log.write("one", "two");
            assertEquals(List.of("one", "two"), all(tail));

            // When the old one is still written to
            log.write("three");
            log.rename("access.log.1");
            log.append("access.log.1", "four");
            log.write("five");

            // Then its end without an end of line may yet become longer
            assertEquals(List.of("three", "five"), all(tail));
            log.passTime(LogTail.LINGERING);
            assertEquals(List.of("four"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void readsWhatAWriterAddsToARenamedLogUntilItOpensTheNewOne() throws IOException {
        // Given a reader that has moved on to the new log
        log.write("one");
        Path remembered = log.sibling("access.log.checkpoint");
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), all(tail));
            log.rename("access.log.1");
            log.createEmpty();
            assertEquals(List.of(), all(tail));
            log.write("two");
            assertEquals(List.of("two"), all(tail));

            // When
            log.passTime(LogTail.LINGERING.minusSeconds(1));
            log.append("access.log.1", "late\nlat");
            assertEquals(List.of("late"), all(tail));
            tail.place().write(remembered);
            log.append("access.log.1", "er\n");

            // Then
            assertEquals(List.of("later"), all(tail));
            log.passTime(Duration.ofSeconds(1));
            log.write("three");
            assertEquals(List.of("three"), all(tail));
            assertEquals(0, tail.gaps());
        }
        // And a reader that was killed meanwhile reads some lines again, and misses none
        try (LogTail tail = log.tailFrom(Checkpoint.read(remembered).orElseThrow())) {
            assertEquals(List.of("later", "two", "three"), all(tail));
        }
    }

    @Test
    void takesNoOtherFileForARotatedLog() throws IOException {
        // Given a checkpoint of another shipper, and the like, all written after the log was renamed
        log.write("one");
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), all(tail));
            log.rename("access.log.1");
            log.write("two");
            for (String other : List.of(
                    "access.log.pos", "access.log.pos.new", "access.log.lock", "access.log.json", "access-eu.log")) {
                Files.writeString(log.sibling(other), "other\n");
                log.touch(log.sibling(other));
            }

            // Then
            assertEquals(List.of("two"), all(tail));
            log.write("three");
            assertEquals(List.of("three"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "access.log.2",
                "access.log-20260415",
                "access.log-20260415-1776241800",
                "access.log.2026-04-15",
                "access-2026-04-15.log",
                "access.1.log",
                "access.log.old"
            })
    void knowsARotatedLogByItsNumberOrDate(String name) throws IOException {
        // Given
        log.write("one", "two");
        Checkpoint place;
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), tail.read(1));
            place = tail.place();
        }

        // When
        log.rename(name);
        log.write("three");

        // Then
        try (LogTail tail = log.tailFrom(place)) {
            assertEquals(List.of("two", "three"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void missesNothingWhereALogIsCompressedAsItIsPutAway() throws IOException {
        // Given
        log.write("one");
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), all(tail));

            // When the open file has no name any more
            log.write("two");
            log.rename("access-2026-04-15.log.gz");
            log.append("access-2026-04-15.log.gz", "three\n");
            Files.delete(log.sibling("access-2026-04-15.log.gz"));
            log.write("four");

            // Then
            assertEquals(List.of("two", "three", "four"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void goesOnThroughACopyAndACut() throws IOException {
        try (LogTail tail = log.tail()) {
            // Given
            log.write("one", "two");
            assertEquals(List.of("one", "two"), all(tail));

            // When
            log.write("three", "four");
            log.copyAndTruncate("access.log.1");
            log.write("five");

            // Then
            assertEquals(List.of("three", "four", "five"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void noticesACutAfterWhichMoreWasWrittenThanBefore() throws IOException {
        try (LogTail tail = log.tail()) {
            // Given
            log.write("one");
            assertEquals(List.of("one"), all(tail));

            // When
            log.copyAndTruncate("access.log.1");
            log.write("two, which is longer than all that was there before", "three");

            // Then
            assertEquals(List.of("two, which is longer than all that was there before", "three"), all(tail));
        }
    }

    @Test
    void goesOnAfterARestartWhereItWasThroughSeveralRotations() throws IOException {
        // Given
        log.write("one", "two", "three");
        Checkpoint place;
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one", "two"), tail.read(2));
            place = tail.place();
        }

        // When
        log.rename("access.log.2");
        log.write("four");
        log.rename("access.log.1");
        log.write("five");
        Files.writeString(log.sibling("access.log.0.gz"), "compressed");
        Files.writeString(log.sibling("access.log.checkpoint"), "ours");

        // Then
        try (LogTail tail = log.tailFrom(place)) {
            assertEquals(List.of("three", "four", "five"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void goesOnThroughTheRotationOfAnEmptyLog() throws IOException {
        // Given
        log.write("old");
        log.rename("access.log.4");
        log.createEmpty();
        try (LogTail tail = log.tail()) {
            assertEquals(List.of(), all(tail));

            // When
            log.rename("access.log.2");
            log.write("one");
            log.rename("access.log.1");
            log.write("two", "three");

            // Then
            assertEquals(List.of("one", "two", "three"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }
}
