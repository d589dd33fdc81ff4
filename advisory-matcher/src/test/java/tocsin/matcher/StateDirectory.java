package tocsin.matcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * A place for a matcher's state that is in memory, where the system has room for it there. Stores tell the disk again and again to write while
 * they are opened and closed; a process that dies loses nothing of what it wrote to either.
 */
public final class StateDirectory implements TempDirFactory {

    private static final Path MEMORY = Path.of("/dev/shm");

    /** Far more than all tests of the module write. */
    private static final long ENOUGH = 1L << 30;

    /** Whoever makes it takes it away. */
    public static Path create() throws IOException {
        boolean hasRoom = Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH;
        return hasRoom
                ? Files.createTempDirectory(MEMORY, "tocsin-matcher-")
                : Files.createTempDirectory("tocsin-matcher-");
    }

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        return create();
    }
}
