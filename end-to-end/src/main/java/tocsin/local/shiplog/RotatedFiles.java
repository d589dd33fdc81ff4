package tocsin.local.shiplog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files that a log was: in the same folder, with the log's name and more behind it, and not compressed. */
final class RotatedFiles {

    /** Compressed ones, and our own beside them. */
    private static final List<String> NO_LOGS =
            List.of(".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", Checkpoint.SUFFIX, Checkpoint.SUFFIX + ".new");

    private final Path log;

    RotatedFiles(Path log) {
        this.log = log.toAbsolutePath();
    }

    /** The one that begins so; the log itself is not asked. */
    Optional<Path> beginningWith(FileHead head) throws IOException {
        for (Path file : byAge()) {
            if (head.length() > 0 && head.fits(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** The one that came after the one that begins so; the log itself if there is none between. */
    Path after(FileHead head) throws IOException {
        List<Path> files = byAge();
        for (int i = 0; i < files.size(); i++) {
            if (head.length() > 0 && head.fits(files.get(i))) {
                // A copy of it may lie beside it.
                for (Path next : files.subList(i + 1, files.size())) {
                    if (!head.fits(next)) {
                        return next;
                    }
                }
            }
        }
        return log;
    }

    /** Oldest first. */
    private List<Path> byAge() throws IOException {
        String name = log.getFileName().toString();
        List<Aged> files = new ArrayList<>();
        Path folder = log.getParent();
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                String other = file.getFileName().toString();
                if (other.startsWith(name)
                        && other.length() > name.length()
                        && NO_LOGS.stream().noneMatch(other::endsWith)
                        && Files.isRegularFile(file)
                        && Files.size(file) > 0) {
                    files.add(new Aged(file, Files.getLastModifiedTime(file)));
                }
            }
        }
        // Of the same age, log.2 comes before log.1.
        files.sort(Comparator.comparing(Aged::modified)
                .thenComparing(Comparator.comparing((Aged file) -> file.path().toString())
                        .reversed()));
        return files.stream().map(Aged::path).toList();
    }

    private record Aged(Path path, FileTime modified) {}
}
