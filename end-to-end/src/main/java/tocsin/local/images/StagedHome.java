package tocsin.local.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;

/**
 * A home as it lies in the images: jars, libraries and what commands read, each file as old as every other, so that the same
 * build makes the same image, and a start-up cache that was made here fits there.
 */
final class StagedHome {

    /** Of every file in an image. */
    static final Instant MODIFIED = Instant.ofEpochSecond(1);

    private static final List<String> READ_BY_COMMANDS =
            List.of("deploy/topics.yaml", "deploy/access.yaml", "deploy/postgres/roles.sql");

    private final Path path;

    private StagedHome(Path path) {
        this.path = path;
    }

    /** @throws Complaint if something is not built */
    static StagedHome of(Home home, Path path, List<ImageContent> contents) {
        try {
            // Nothing of an earlier build may stay: the jars name their libraries, and a cache fits its own jars only.
            remove(path);
            for (ImageContent content : contents) {
                Path jar = home.path().resolve(content.jar());
                if (!Files.isRegularFile(jar)) {
                    throw new Complaint(jar + " is not built; ./tocsin images builds it");
                }
                copy(jar, path.resolve(content.jar()));
                Path libraries = path.resolve(content.libraries());
                for (Path library : files(home.path().resolve(content.libraries()))) {
                    copy(library, libraries.resolve(library.getFileName()));
                }
            }
            for (String file : READ_BY_COMMANDS) {
                copy(home.path().resolve(file), path.resolve(file));
            }
            return new StagedHome(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lay out the images in " + path, e);
        }
    }

    Path path() {
        return path;
    }

    /** Files of a folder, by name. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    static void makeAllAsOld(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(each, FileTime.from(MODIFIED));
            }
        }
    }

    /** With all that is in it; does nothing if it is not there. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(to, FileTime.from(MODIFIED));
    }
}
