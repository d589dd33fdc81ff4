package tocsin.local.shiplog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tocsin.testsupport.MovableClock;

/** A log as a proxy writes it and logrotate puts it away, each file a second younger than the one before, and who reads it. */
final class SampleLog {

    private final Path folder;
    private final Path log;
    private final MovableClock clock = MovableClock.at("2026-05-01T00:00:00Z");
    private long age;

    SampleLog(Path folder) {
        this.folder = folder;
        this.log = folder.resolve("access.log");
    }

    Path path() {
        return log;
    }

    Path sibling(String name) {
        return folder.resolve(name);
    }

    void write(String... lines) throws IOException {
        for (String line : lines) {
            Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        touch(log);
    }

    /** As it is, without an end of line. */
    void append(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text, StandardOpenOption.APPEND);
    }

    void createEmpty() throws IOException {
        Files.createFile(log);
        touch(log);
    }

    /** Files made in one test have one age otherwise. */
    void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_776_241_800_000L + 1_000 * age++));
    }

    /** As logrotate does by default: the writer opens a new file. */
    void rename(String to) throws IOException {
        Files.move(log, folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    void copyAndTruncate(String to) throws IOException {
        Files.copy(log, folder.resolve(to));
        touch(folder.resolve(to));
        Files.writeString(log, "", StandardOpenOption.TRUNCATE_EXISTING);
    }

    void passTime(Duration time) {
        clock.advance(time);
    }

    LogTail tail() {
        return tailFrom(Checkpoint.START);
    }

    LogTail tailFrom(Checkpoint place) {
        return new LogTail(log, place, clock);
    }

    /** All that there is now. */
    static List<String> all(LogTail tail) throws IOException {
        List<String> lines = new ArrayList<>();
        do {
            lines.addAll(tail.read(3));
        } while (!tail.isAtEnd());
        return lines;
    }
}
