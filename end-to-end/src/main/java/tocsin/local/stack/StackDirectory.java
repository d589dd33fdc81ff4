package tocsin.local.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tocsin.local.running.Complaint;

/** Where a stack keeps what it must not lose, or a folder that goes at {@link #close()}. One stack at a time has it. */
final class StackDirectory implements AutoCloseable {

    private final Path path;
    private final boolean ours;
    private final FileChannel lock;

    private StackDirectory(Path path, boolean ours, FileChannel lock) {
        this.path = path;
        this.ours = ours;
        this.lock = lock;
    }

    /** @throws Complaint if it cannot be written to, or another stack has it */
    static StackDirectory open(Optional<Path> kept) {
        try {
            Path path = kept.isPresent()
                    ? Files.createDirectories(kept.get()).toRealPath()
                    : Files.createTempDirectory("tocsin-stack-");
            return new StackDirectory(path, kept.isEmpty(), lock(path));
        } catch (IOException e) {
            throw new Complaint(
                    "cannot keep data in " + kept.map(Path::toString).orElse("a temporary folder"), e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(path.resolve("stack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            held = null;
        }
        if (held == null) {
            channel.close();
            throw new Complaint("another stack runs on " + path);
        }
        return channel;
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.close();
            if (ours && Files.exists(path)) {
                List<Path> childrenFirst;
                try (Stream<Path> all = Files.walk(path)) {
                    childrenFirst = all.sorted(Comparator.reverseOrder()).toList();
                }
                for (Path each : childrenFirst) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give up " + path, e);
        }
    }
}
