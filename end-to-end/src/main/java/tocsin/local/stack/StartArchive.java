package tocsin.local.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * The classes that a service loads at its start, as its JVM can read them in one go (JEP 350). The first one that ends in good order writes them
 * down; later starts take half the time. A test run starts each service some ten times.
 */
final class StartArchive {

    private final Path kept;
    private final Path draft;

    /** Beside the jar, whose time is in the name: of another build nothing fits. */
    StartArchive(Path jar) {
        try {
            String name = jar.getFileName().toString().replace(".jar", "") + "-"
                    + Files.getLastModifiedTime(jar).toMillis();
            kept = jar.resolveSibling(name + ".jsa");
            draft = jar.resolveSibling(name + "-" + UUID.randomUUID() + ".jsa.new");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot ask how old " + jar + " is", e);
        }
    }

    /** Options of the JVM that is started now, as JDK_JAVA_OPTIONS has them. */
    String options() {
        String file = Files.exists(kept) ? "-XX:SharedArchiveFile=" + kept : "-XX:ArchiveClassesAtExit=" + draft;
        return '"' + file + "\" -Xlog:cds*=off";
    }

    /** The JVM has ended, in whatever way: what it has written whole is there for the next. */
    void keep(boolean inGoodOrder) {
        try {
            if (inGoodOrder && Files.exists(draft) && !Files.exists(kept)) {
                Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep " + kept, e);
        }
    }
}
