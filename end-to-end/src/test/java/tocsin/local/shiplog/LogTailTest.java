package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.local.shiplog.SampleLog.all;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {

    @TempDir
    private Path folder;

    private SampleLog log;

    @BeforeEach
    void placeTheLog() {
        log = new SampleLog(folder);
    }

    @Test
    void readsWholeLinesAsTheyCome() throws IOException {
        try (LogTail tail = log.tail()) {
            // Given no log yet
            assertEquals(List.of(), all(tail));

            // When
            log.write("one", "two");
            log.append("access.log", "thr");

            // Then
            assertEquals(List.of("one", "two"), all(tail));
            log.append("access.log", "ee\r\nfour\n");
            assertEquals(List.of("three", "four"), all(tail));
            assertEquals(List.of(), all(tail));
        }
    }

    @Test
    void cutsALineThatNoProxyWritesAndGoesOnBehindIt() throws IOException {
        // Given
        log.write("one", "x".repeat(5_000_000), "two");

        // When
        try (LogTail tail = log.tail()) {
            List<String> lines = all(tail);

            // Then
            assertEquals(3, lines.size());
            assertEquals("one", lines.getFirst());
            assertTrue(lines.get(1).length() > LogFormat.MAX_LINE);
            assertEquals("two", lines.getLast());
        }
    }

    @Test
    void readsALogThatIsLargerThanWhatIsReadAtOnce() throws IOException {
        // Given
        List<String> written = IntStream.range(0, 40_000)
                .mapToObj(i -> "line " + i + " " + "y".repeat(i % 80))
                .toList();
        Files.writeString(log.path(), String.join("\n", written) + "\n", UTF_8);

        // When
        try (LogTail tail = log.tail()) {
            List<String> read = new ArrayList<>();
            do {
                read.addAll(tail.read(500));
            } while (!tail.isAtEnd());

            // Then
            assertEquals(written, read);
        }
    }

    @Test
    void remembersItsPlaceInAFile() throws IOException {
        // Given
        log.write("one", "two");
        Path file = log.sibling("checkpoint");
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), tail.read(1));
            tail.place().write(file);

            // Then
            assertEquals(tail.place(), Checkpoint.read(file).orElseThrow());
        }
        try (LogTail tail = log.tailFrom(Checkpoint.read(file).orElseThrow())) {
            assertEquals(List.of("two"), all(tail));
        }
    }

    @Test
    void readsAPlaceThatWasRememberedBeforeTimesWere() throws IOException {
        // Given
        log.write("one", "two");
        Path file = log.sibling("checkpoint");
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), tail.read(1));
            tail.place().write(file);
        }
        Files.writeString(file, Files.readString(file).replaceFirst("ship-log 2 \\d+", "ship-log 1"));

        // When
        try (LogTail tail = log.tailFrom(Checkpoint.read(file).orElseThrow())) {
            // Then
            assertEquals(List.of("two"), all(tail));
        }
    }

    @Test
    void saysWhenWhatItReadLastIsGone() throws IOException {
        // Given
        log.write("one", "two");
        Checkpoint place;
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), tail.read(1));
            place = tail.place();
        }

        // When
        Files.delete(log.path());
        log.write("three");

        // Then
        try (LogTail tail = log.tailFrom(place)) {
            assertEquals(List.of("three"), all(tail));
            assertEquals(1, tail.gaps());
        }
    }

    /** While nothing could be shipped, the log was rotated twice and the file that is open was compressed. */
    @Test
    void goesOnAtTheOldestFileThatIsLeftWhenItsOwnIsGone() throws IOException {
        // Given
        log.write("old");
        log.rename("access.log.4");
        log.write("one", "two");
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one", "two"), all(tail));

            // When
            log.passTime(LogTail.LINGERING);
            log.write("three");
            log.rename("access.log.2");
            Files.move(log.sibling("access.log.2"), log.sibling("access.log.2.gz"));
            log.write("four");
            log.rename("access.log.1");
            log.write("five");

            // Then
            assertEquals(List.of("three", "four", "five"), all(tail));
            assertEquals(1, tail.gaps());
        }
    }

    @Test
    void goesOnAfterARestartAtTheOldestFileThatIsLeftWhenItsOwnIsGone() throws IOException {
        // Given
        log.write("old");
        log.rename("access.log.4");
        log.write("one", "two");
        Path remembered = log.sibling("access.log.checkpoint");
        try (LogTail tail = log.tail()) {
            assertEquals(List.of("one"), tail.read(1));
            tail.place().write(remembered);
        }

        // When
        Files.delete(log.path());
        log.write("four");
        log.rename("access.log.1");
        log.write("five");

        // Then
        try (LogTail tail = log.tailFrom(Checkpoint.read(remembered).orElseThrow())) {
            assertEquals(List.of("four", "five"), all(tail));
            assertEquals(1, tail.gaps());
        }
    }
}
