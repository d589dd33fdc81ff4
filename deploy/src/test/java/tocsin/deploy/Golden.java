package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that show in a review what a change changes. {@code -Dtocsin.golden.renew=true} writes them anew, and the copies that the chart has. */
final class Golden {

    static final boolean RENEW = Boolean.getBoolean("tocsin.golden.renew");

    private Golden() {}

    /** @param name of the file in {@code src/test/resources/golden} */
    static void check(String name, String actual) {
        Path golden = Sources.path("deploy/src/test/resources/golden").resolve(name);
        if (RENEW) {
            write(golden, actual);
        }
        assertEquals(Sources.text(golden), actual);
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
