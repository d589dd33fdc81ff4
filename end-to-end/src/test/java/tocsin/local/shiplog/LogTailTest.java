package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.testsupport.MovableClock;

class LogTailTest {

    @TempDir
    private Path folder;

    private final MovableClock clock = MovableClock.at("2026-05-01T00:00:00Z");

    private Path log;
    private long age;

    @BeforeEach
    void name() {
        log = folder.resolve("access.log");
    }

    private void write(String... lines) throws IOException {
        for (String line : lines) {
            Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        touch(log);
    }

    /** Files made in one test have one age otherwise. */
    private void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_776_241_800_000L + 1_000 * age++));
    }

    /** As logrotate does by default: the writer opens a new file. */
    private void rename(String to) throws IOException {
        Files.move(log, folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    private void copyAndTruncate(String to) throws IOException {
        Files.copy(log, folder.resolve(to));
        touch(folder.resolve(to));
        Files.writeString(log, "", StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** All that there is now. */
    private static List<String> all(LogTail tail) throws IOException {
        List<String> lines = new ArrayList<>();
        do {
            lines.addAll(tail.read(3));
        } while (!tail.isAtEnd());
        return lines;
    }

    private LogTail tail() {
        return new LogTail(log, Checkpoint.START, clock);
    }

    @Test
    void readsWholeLinesAsTheyCome() throws IOException {
        try (LogTail tail = tail()) {
            // Given no log yet
            assertEquals(List.of(), all(tail));

            // When
            write("one", "two");
            Files.writeString(log, "thr", StandardOpenOption.APPEND);

            // Then
            assertEquals(List.of("one", "two"), all(tail));
            Files.writeString(log, "ee\r\nfour\n", StandardOpenOption.APPEND);
            assertEquals(List.of("three", "four"), all(tail));
            assertEquals(List.of(), all(tail));
        }
    }

    @Test
    void goesOnThroughARename() throws IOException {
        try (LogTail tail = tail()) {
            // Given
            write("one", "two");
            assertEquals(List.of("one", "two"), all(tail));

            // When the old one is still written to
            write("three");
            rename("access.log.1");
            Files.writeString(folder.resolve("access.log.1"), "four", StandardOpenOption.APPEND);
            write("five");

            // Then its end without an end of line may yet become longer
            assertEquals(List.of("three", "five"), all(tail));
            clock.advance(LogTail.LINGERING);
            assertEquals(List.of("four"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void readsWhatAWriterAddsToARenamedLogUntilItOpensTheNewOne() throws IOException {
        // Given a reader that has moved on to the new log
        write("one");
        Path remembered = folder.resolve("access.log.checkpoint");
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), all(tail));
            rename("access.log.1");
            Files.createFile(log);
            assertEquals(List.of(), all(tail));
            write("two");
            assertEquals(List.of("two"), all(tail));

            // When
            clock.advance(LogTail.LINGERING.minusSeconds(1));
            append("access.log.1", "late\nlat");
            assertEquals(List.of("late"), all(tail));
            tail.place().write(remembered);
            append("access.log.1", "er\n");

            // Then
            assertEquals(List.of("later"), all(tail));
            clock.advance(Duration.ofSeconds(1));
            write("three");
            assertEquals(List.of("three"), all(tail));
            assertEquals(0, tail.gaps());
        }
        // And a reader that was killed meanwhile reads some lines again, and misses none
        try (LogTail tail = new LogTail(log, Checkpoint.read(remembered).orElseThrow(), clock)) {
            assertEquals(List.of("later", "two", "three"), all(tail));
        }
    }

    private void append(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text, StandardOpenOption.APPEND);
    }

    @Test
    void takesNoOtherFileForARotatedLog() throws IOException {
        // Given a checkpoint of another shipper, and the like, all written after the log was renamed
        write("one");
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), all(tail));
            rename("access.log.1");
            write("two");
            for (String other : List.of(
                    "access.log.pos", "access.log.pos.new", "access.log.lock", "access.log.json", "access-eu.log")) {
                Files.writeString(folder.resolve(other), "other\n");
                touch(folder.resolve(other));
            }

            // Then
            assertEquals(List.of("two"), all(tail));
            write("three");
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
        write("one", "two");
        Checkpoint place;
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), tail.read(1));
            place = tail.place();
        }

        // When
        rename(name);
        write("three");

        // Then
        try (LogTail tail = new LogTail(log, place, clock)) {
            assertEquals(List.of("two", "three"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void missesNothingWhereALogIsCompressedAsItIsPutAway() throws IOException {
        // Given
        write("one");
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), all(tail));

            // When the open file has no name any more
            write("two");
            rename("access-2026-04-15.log.gz");
            Files.writeString(folder.resolve("access-2026-04-15.log.gz"), "three\n", StandardOpenOption.APPEND);
            Files.delete(folder.resolve("access-2026-04-15.log.gz"));
            write("four");

            // Then
            assertEquals(List.of("two", "three", "four"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void goesOnThroughACopyAndACut() throws IOException {
        try (LogTail tail = tail()) {
            // Given
            write("one", "two");
            assertEquals(List.of("one", "two"), all(tail));

            // When
            write("three", "four");
            copyAndTruncate("access.log.1");
            write("five");

            // Then
            assertEquals(List.of("three", "four", "five"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void noticesACutAfterWhichMoreWasWrittenThanBefore() throws IOException {
        try (LogTail tail = tail()) {
            // Given
            write("one");
            assertEquals(List.of("one"), all(tail));

            // When
            copyAndTruncate("access.log.1");
            write("two, which is longer than all that was there before", "three");

            // Then
            assertEquals(List.of("two, which is longer than all that was there before", "three"), all(tail));
        }
    }

    @Test
    void goesOnAfterARestartWhereItWasThroughSeveralRotations() throws IOException {
        // Given
        write("one", "two", "three");
        Checkpoint place;
        try (LogTail tail = tail()) {
            assertEquals(List.of("one", "two"), tail.read(2));
            place = tail.place();
        }

        // When
        rename("access.log.2");
        write("four");
        rename("access.log.1");
        write("five");
        Files.writeString(folder.resolve("access.log.0.gz"), "compressed");
        Files.writeString(folder.resolve("access.log.checkpoint"), "ours");

        // Then
        try (LogTail tail = new LogTail(log, place, clock)) {
            assertEquals(List.of("three", "four", "five"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void saysWhenWhatItReadLastIsGone() throws IOException {
        // Given
        write("one", "two");
        Checkpoint place;
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), tail.read(1));
            place = tail.place();
        }

        // When
        Files.delete(log);
        write("three");

        // Then
        try (LogTail tail = new LogTail(log, place, clock)) {
            assertEquals(List.of("three"), all(tail));
            assertEquals(1, tail.gaps());
        }
    }

    /** While nothing could be shipped, the log was rotated twice and the file that is open was compressed. */
    @Test
    void goesOnAtTheOldestFileThatIsLeftWhenItsOwnIsGone() throws IOException {
        // Given
        write("old");
        rename("access.log.4");
        write("one", "two");
        try (LogTail tail = tail()) {
            assertEquals(List.of("one", "two"), all(tail));

            // When
            clock.advance(LogTail.LINGERING);
            write("three");
            rename("access.log.2");
            Files.move(folder.resolve("access.log.2"), folder.resolve("access.log.2.gz"));
            write("four");
            rename("access.log.1");
            write("five");

            // Then
            assertEquals(List.of("three", "four", "five"), all(tail));
            assertEquals(1, tail.gaps());
        }
    }

    @Test
    void goesOnAfterARestartAtTheOldestFileThatIsLeftWhenItsOwnIsGone() throws IOException {
        // Given
        write("old");
        rename("access.log.4");
        write("one", "two");
        Path remembered = folder.resolve("access.log.checkpoint");
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), tail.read(1));
            tail.place().write(remembered);
        }

        // When
        Files.delete(log);
        write("four");
        rename("access.log.1");
        write("five");

        // Then
        try (LogTail tail = new LogTail(log, Checkpoint.read(remembered).orElseThrow(), clock)) {
            assertEquals(List.of("four", "five"), all(tail));
            assertEquals(1, tail.gaps());
        }
    }

    @Test
    void goesOnThroughTheRotationOfAnEmptyLog() throws IOException {
        // Given
        write("old");
        rename("access.log.4");
        Files.createFile(log);
        touch(log);
        try (LogTail tail = tail()) {
            assertEquals(List.of(), all(tail));

            // When
            rename("access.log.2");
            write("one");
            rename("access.log.1");
            write("two", "three");

            // Then
            assertEquals(List.of("one", "two", "three"), all(tail));
            assertEquals(0, tail.gaps());
        }
    }

    @Test
    void readsAPlaceThatWasRememberedBeforeTimesWere() throws IOException {
        // Given
        write("one", "two");
        Path file = folder.resolve("checkpoint");
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), tail.read(1));
            tail.place().write(file);
        }
        Files.writeString(file, Files.readString(file).replaceFirst("ship-log 2 \\d+", "ship-log 1"));

        // When
        try (LogTail tail = new LogTail(log, Checkpoint.read(file).orElseThrow(), clock)) {
            // Then
            assertEquals(List.of("two"), all(tail));
        }
    }

    @Test
    void cutsALineThatNoProxyWritesAndGoesOnBehindIt() throws IOException {
        // Given
        write("one", "x".repeat(5_000_000), "two");

        // When
        try (LogTail tail = tail()) {
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
        Files.writeString(log, String.join("\n", written) + "\n", UTF_8);

        // When
        try (LogTail tail = tail()) {
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
        write("one", "two");
        Path file = folder.resolve("checkpoint");
        try (LogTail tail = tail()) {
            assertEquals(List.of("one"), tail.read(1));
            tail.place().write(file);

            // Then
            assertEquals(tail.place(), Checkpoint.read(file).orElseThrow());
        }
        try (LogTail tail = new LogTail(log, Checkpoint.read(file).orElseThrow(), clock)) {
            assertEquals(List.of("two"), all(tail));
        }
    }
}
