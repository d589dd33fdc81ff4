package tocsin.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this repository, as they lie beside this module. */
final class Sources {

    static final List<String> SERVICES =
            List.of("download-tracker", "advisory-matcher", "notification-dispatcher", "webhook-sender");

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Sources() {}

    static Path path(String below) {
        return ROOT.resolve(below);
    }

    static String text(String below) {
        return text(path(below));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files right in a folder, in the order of their names. */
    static List<Path> in(String folder, String ending) {
        try (Stream<Path> files = Files.list(path(folder))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The main code of a module, file by file. */
    static List<String> codeOf(String module) {
        try (Stream<Path> files = Files.walk(path(module).resolve("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(Sources::text)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
