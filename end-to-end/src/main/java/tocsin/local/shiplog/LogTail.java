package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a log that is written, renamed, copied and cut under its reader. After a restart it goes on at its checkpoint, also in a file that
 * has another name by now. Used by one thread.
 */
final class LogTail implements AutoCloseable {

    private static final int CHUNK = 1024 * 1024;
    /** A writer that was told to open its log anew may still have the old one for a moment. */
    private static final int QUIET_READS_BEFORE_MOVING_ON = 2;

    private final Path log;
    private final RotatedFiles rotated;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);

    private Checkpoint place;
    private @Nullable FileChannel file;
    /** What the open file was called when it was opened. */
    private Path name;

    private boolean skipping;
    private boolean atEnd;
    private int quietReads;
    private int gaps;

    LogTail(Path log, Checkpoint from) {
        this.log = log;
        this.name = log;
        this.rotated = new RotatedFiles(log);
        this.place = from;
    }

    /** Where the next line begins. */
    Checkpoint place() {
        return place;
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
        FileChannel open = open();
        if (open == null) {
            atEnd = true;
            return List.of();
        }
        long before = place.offset();
        List<String> lines = linesOf(open, atMost, false);
        // Without lines it still moves on within one that is too long.
        if (!lines.isEmpty() || place.offset() > before) {
            quietReads = 0;
            return lines;
        }
        if (isNewest(open)) {
            quietReads = 0;
            atEnd = true;
            return List.of();
        }
        quietReads++;
        return quietReads < QUIET_READS_BEFORE_MOVING_ON ? List.of() : moveOn(open);
    }

    /** The file that the place is in, whatever it is called now. */
    private @Nullable FileChannel open() throws IOException {
        FileChannel current = file;
        if (current != null && current.size() >= place.offset() && place.head().fits(current)) {
            return current;
        }
        // Not opened yet, or cut or written over: what was not read of it may be in a copy.
        close();
        Optional<FileChannel> there = opened(log);
        if (there.isPresent()
                && there.get().size() >= place.offset()
                && place.head().fits(there.get())) {
            take(there.get(), log);
            return file;
        }
        Optional<Path> copy = rotated.beginningWith(place.head());
        Optional<FileChannel> rest = copy.isPresent() ? opened(copy.get()) : Optional.empty();
        if (rest.isPresent() && rest.get().size() >= place.offset()) {
            closeIf(there);
            take(rest.get(), copy.get());
            return file;
        }
        closeIf(rest);
        closeIf(there);
        if (place.head().length() == 0 || !startWhereItMayGoOn()) {
            return null;
        }
        gaps++;
        return file;
    }

    /** At the oldest file that may hold what was not read. What was read of it before is shipped again, which does no harm. */
    private boolean startWhereItMayGoOn() throws IOException {
        Path next = rotated.since(place.modified());
        Optional<FileChannel> fresh = opened(next);
        if (fresh.isEmpty()) {
            return false;
        }
        start(fresh.get(), next);
        return true;
    }

    private void start(FileChannel fresh, Path called) throws IOException {
        place = new Checkpoint(FileHead.NOTHING, 0, place.modified());
        skipping = false;
        quietReads = 0;
        take(fresh, called);
    }

    private void take(FileChannel fresh, Path called) throws IOException {
        file = fresh;
        name = called;
        place = new Checkpoint(place.head(), place.offset(), modified(place.head()));
    }

    /** Of the file that is open; what was known before once it is not called the same any more. */
    private long modified(FileHead head) throws IOException {
        try {
            return head.fits(name) ? Math.max(0, Files.getLastModifiedTime(name).toMillis()) : place.modified();
        } catch (NoSuchFileException e) {
            return place.modified();
        }
    }

    /** Whether the log is still the file that is open. */
    private boolean isNewest(FileChannel open) throws IOException {
        Optional<FileChannel> newest = opened(log);
        try {
            if (newest.isEmpty()) {
                // Between a rename and the new file.
                return true;
            }
            if (place.offset() == 0) {
                return newest.get().size() == 0 || newest.get().size() == open.size();
            }
            return place.head().fits(newest.get());
        } finally {
            closeIf(newest);
        }
    }

    /** What stands without an end of line at the end of a file that is done is a line as well. */
    private List<String> moveOn(FileChannel done) throws IOException {
        List<String> last = linesOf(done, 1, true);
        if (!last.isEmpty()) {
            return last;
        }
        Optional<Path> after = rotated.after(place.head());
        if (after.isEmpty()) {
            // Nothing is missing behind a file that was empty to its end.
            boolean gap = place.head().length() > 0;
            if (startWhereItMayGoOn()) {
                done.close();
                gaps += gap ? 1 : 0;
            }
            return List.of();
        }
        Optional<FileChannel> next = opened(after.get());
        if (next.isPresent()) {
            close();
            start(next.get(), after.get());
        }
        return List.of();
    }

    private List<String> linesOf(FileChannel open, int atMost, boolean alsoUnended) throws IOException {
        chunk.clear();
        int read = open.read(chunk, place.offset());
        if (read <= 0) {
            return List.of();
        }
        byte[] bytes = chunk.array();
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < read && lines.size() < atMost; i++) {
            if (bytes[i] == '\n') {
                int end = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
                if (skipping) {
                    skipping = false;
                } else {
                    lines.add(new String(bytes, start, end - start, UTF_8));
                }
                start = i + 1;
            }
        }
        if (start == 0 && (read == CHUNK || alsoUnended)) {
            if (!skipping) {
                lines.add(new String(bytes, 0, read, UTF_8));
            }
            // The rest of a line that is longer than what is read at once.
            skipping = read == CHUNK;
            start = read;
        }
        if (start > 0) {
            long offset = place.offset() + start;
            FileHead head = FileHead.of(open, offset);
            place = new Checkpoint(head, offset, modified(head));
        }
        return lines;
    }

    private static Optional<FileChannel> opened(Path path) throws IOException {
        try {
            return Files.isRegularFile(path)
                    ? Optional.of(FileChannel.open(path, StandardOpenOption.READ))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void closeIf(Optional<FileChannel> channel) throws IOException {
        if (channel.isPresent()) {
            channel.get().close();
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
