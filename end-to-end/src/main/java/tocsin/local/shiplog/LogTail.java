package tocsin.local.shiplog;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a log that is written, renamed, copied and cut under its reader. After a restart it goes on at its checkpoint, also in a file that
 * has another name by now. Used by one thread.
 */
final class LogTail implements AutoCloseable {

    private static final int QUIET_READS_BEFORE_MOVING_ON = 2;

    /** A writer goes on in the renamed file until it is told to open its log anew, which may take it a while; and nobody rotates twice in this time. */
    static final Duration LINGERING = Duration.ofSeconds(60);

    private final Path log;
    private final RotatedFiles rotated;
    private final Clock clock;

    /** Of the open file, if there is one. */
    private Checkpoint place;

    private @Nullable LogFile file;
    /** The file before, which may be written to yet. */
    private @Nullable Leaving leaving;
    /** When the open file was the newest, as far as was seen. */
    private Instant newestAt = Instant.MIN;

    private boolean atEnd;
    private int quietReads;
    private int gaps;

    private record Leaving(LogFile file, Instant until) {}

    LogTail(Path log, Checkpoint from, Clock clock) {
        this.log = log;
        this.rotated = new RotatedFiles(log);
        this.place = from;
        this.clock = clock;
    }

    /**
     * Where to go on after a restart. While the file before may be written to, that is in it: what was read of the next one meanwhile is then read
     * again, which does no harm.
     */
    Checkpoint place() {
        return leaving == null ? place : leaving.file().place();
    }

    /** Whether the last read found the end of the newest file; the log may go on later. */
    boolean isAtEnd() {
        return atEnd;
    }

    /** How often the file that was read last was gone, so that nobody can tell whether all was read that was written after it: lines may be lost. */
    int gaps() {
        return gaps;
    }

    /** The next whole lines, a too long one cut; none while there is nothing new. */
    List<String> read(int atMost) throws IOException {
        atEnd = false;
        List<String> late = lateLines(atMost);
        if (!late.isEmpty()) {
            return late;
        }
        LogFile open = open();
        if (open == null) {
            atEnd = true;
            return List.of();
        }
        List<String> lines = open.read(atMost, false);
        boolean moved = open.place().offset() > place.offset();
        place = open.place();
        // Without lines it still moves on within one that is too long.
        if (!lines.isEmpty() || moved) {
            quietReads = 0;
            return lines;
        }
        if (isNewest(open)) {
            newestAt = clock.instant();
            quietReads = 0;
            atEnd = true;
            return List.of();
        }
        quietReads++;
        return quietReads < QUIET_READS_BEFORE_MOVING_ON ? List.of() : moveOn(open);
    }

    /** What came to the file before since it was left; when its time is over, also what stands at its end without an end of line. */
    private List<String> lateLines(int atMost) throws IOException {
        if (leaving == null) {
            return List.of();
        }
        boolean over = !clock.instant().isBefore(leaving.until());
        List<String> lines = leaving.file().read(atMost, over);
        if (lines.isEmpty() && over) {
            leave();
        }
        return lines;
    }

    /** The file that the place is in, whatever it is called now. */
    private @Nullable LogFile open() throws IOException {
        LogFile current = file;
        if (current != null && current.holdsItsPlace()) {
            return current;
        }
        // Not opened yet, or cut or written over: what was not read of it may be in a copy.
        closeOpen();
        file = holdingThePlace(Optional.of(log));
        if (file == null) {
            file = holdingThePlace(rotated.beginningWith(place.head()));
        }
        if (file == null && place.head().length() > 0 && startWhereItMayGoOn()) {
            gaps++;
        }
        return file;
    }

    private @Nullable LogFile holdingThePlace(Optional<Path> path) throws IOException {
        Optional<LogFile> there = path.isPresent() ? LogFile.open(path.get(), place) : Optional.empty();
        if (there.isEmpty()) {
            return null;
        }
        if (!there.get().holdsItsPlace()) {
            there.get().close();
            return null;
        }
        place = there.get().place();
        return there.get();
    }

    /** At the oldest file that may hold what was not read. What was read of it before is shipped again, which does no harm. */
    private boolean startWhereItMayGoOn() throws IOException {
        return start(rotated.since(place.modified()));
    }

    private boolean start(Path path) throws IOException {
        Optional<LogFile> fresh = LogFile.open(path, new Checkpoint(FileHead.NOTHING, 0, place.modified()));
        if (fresh.isEmpty()) {
            return false;
        }
        file = fresh.get();
        place = file.place();
        quietReads = 0;
        return true;
    }

    private boolean isNewest(LogFile open) throws IOException {
        try {
            return open.isCalled(log);
        } catch (NoSuchFileException e) {
            // Between a rename and the new file.
            return true;
        }
    }

    private List<String> moveOn(LogFile done) throws IOException {
        boolean mayBeWrittenTo = wasNewestJustNow();
        if (!mayBeWrittenTo) {
            // What stands without an end of line at the end of a file that is done is a line as well.
            List<String> last = done.read(1, true);
            place = done.place();
            if (!last.isEmpty()) {
                return last;
            }
        }
        Optional<Path> after = rotated.after(place.head());
        // Nothing is missing behind a file that was empty to its end, or that was read to its end as it was put away.
        boolean gap = after.isEmpty() && place.head().length() > 0 && !mayBeWrittenTo;
        boolean started = after.isPresent() ? start(after.get()) : startWhereItMayGoOn();
        if (started) {
            gaps += gap ? 1 : 0;
            leave();
            if (mayBeWrittenTo) {
                leaving = new Leaving(done, clock.instant().plus(LINGERING));
            } else {
                done.close();
            }
        }
        return List.of();
    }

    /** By what was seen of it; after a restart by its own time. */
    private boolean wasNewestJustNow() {
        Instant lately = clock.instant().minus(LINGERING);
        return newestAt.isAfter(lately)
                || Instant.ofEpochMilli(place.modified()).isAfter(lately);
    }

    private void leave() throws IOException {
        if (leaving != null) {
            leaving.file().close();
            leaving = null;
        }
    }

    private void closeOpen() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    @Override
    public void close() throws IOException {
        leave();
        closeOpen();
    }
}
