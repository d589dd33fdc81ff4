package tocsin.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Where a server keeps its data: a directory of the caller, which is kept, or one of ours, which goes at {@link #close()}. */
record ScratchDirectory(Path path, boolean ours) implements AutoCloseable {

    static ScratchDirectory fresh(String purpose) {
        try {
            return new ScratchDirectory(Files.createTempDirectory("tocsin-" + purpose + "-"), true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for " + purpose, e);
        }
    }

    static ScratchDirectory kept(Path path) {
        try {
            return new ScratchDirectory(
                    Files.createDirectories(path).toAbsolutePath().normalize(), false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + path, e);
        }
    }

    @Override
    public void close() {
        if (!ours || !Files.exists(path)) {
            return;
        }
        try {
            Files.walkFileTree(path, new Removal());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path, e);
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A server's last background thread may have removed the file since the directory was listed.
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
