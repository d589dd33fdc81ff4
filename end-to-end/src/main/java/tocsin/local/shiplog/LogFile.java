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

/** An open file of a log, which stays the same whatever it is called later, and how far it was read. Used by one thread. */
final class LogFile implements AutoCloseable {

    private static final int CHUNK = 1024 * 1024;

    private final FileChannel channel;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    /** What it was called when it was opened. */
    private final Path name;

    private Checkpoint place;
    private boolean skipping;

    private LogFile(FileChannel channel, Path name, Checkpoint from) throws IOException {
        this.channel = channel;
        this.name = name;
        this.place = new Checkpoint(from.head(), from.offset(), modified(from.head(), from.modified()));
    }

    /** To be read from a place, whether or not the place is in it. Empty if there is no such file. */
    static Optional<LogFile> open(Path path, Checkpoint from) throws IOException {
        try {
            return Files.isRegularFile(path)
                    ? Optional.of(new LogFile(FileChannel.open(path, StandardOpenOption.READ), path, from))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Where the next line begins. */
    Checkpoint place() {
        return place;
    }

    /** False once it was cut or written over. */
    boolean holdsItsPlace() throws IOException {
        return channel.size() >= place.offset() && place.head().fits(channel);
    }

    /** Whether this is the file of that name now. Of two that nothing was read of, they are the same if they are of one size. */
    boolean isCalled(Path path) throws IOException {
        try (FileChannel other = FileChannel.open(path, StandardOpenOption.READ)) {
            return place.offset() == 0
                    ? other.size() == 0 || other.size() == channel.size()
                    : place.head().fits(other);
        }
    }

    /**
     * The next lines, a too long one cut.
     *
     * @param alsoUnended whether what stands at the end without an end of line is a line too
     */
    List<String> read(int atMost, boolean alsoUnended) throws IOException {
        chunk.clear();
        int read = channel.read(chunk, place.offset());
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
            FileHead head = FileHead.of(channel, offset);
            place = new Checkpoint(head, offset, modified(head, place.modified()));
        }
        return lines;
    }

    /** What was known before once it is not called the same any more. */
    private long modified(FileHead head, long before) throws IOException {
        try {
            return head.fits(name) ? Math.max(0, Files.getLastModifiedTime(name).toMillis()) : before;
        } catch (NoSuchFileException e) {
            return before;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
