package tocsin.local.shiplog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that a log was: in the same folder, named by the log's name with numbers or a date behind it or before its extension, and not compressed.
 * What else has the log's name before its own, such as a checkpoint, is none.
 */
final class RotatedFiles {

    private static final String NUMBERS = "[-._][0-9][-0-9T:._]*";

    private final Path log;
    private final Predicate<String> names;

    RotatedFiles(Path log) {
        this.log = log.toAbsolutePath();
        this.names = namesOf(this.log.getFileName().toString()).asMatchPredicate();
    }

    private static Pattern namesOf(String log) {
        int dot = log.lastIndexOf('.');
        String behind = Pattern.quote(log) + "(?:" + NUMBERS + "|[-._]old)";
        return Pattern.compile(
                dot <= 0
                        ? behind
                        : behind + "|" + Pattern.quote(log.substring(0, dot)) + NUMBERS
                                + Pattern.quote(log.substring(dot)));
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

    /**
     * The one that came after the one that begins so; the log itself if there is none between.
     *
     * @return empty if the one that begins so is not among them: nobody can tell which came after it
     */
    Optional<Path> after(FileHead head) throws IOException {
        List<Path> files = byAge();
        for (int i = 0; i < files.size(); i++) {
            if (head.length() > 0 && head.fits(files.get(i))) {
                // A copy of it may lie beside it.
                for (Path next : files.subList(i + 1, files.size())) {
                    if (!head.fits(next)) {
                        return Optional.of(next);
                    }
                }
                return Optional.of(log);
            }
        }
        return Optional.empty();
    }

    /** The oldest that was written to at a time or after it; the log itself if there is none. */
    Path since(long modified) throws IOException {
        return aged().stream()
                .filter(file -> file.modified().toMillis() >= modified)
                .findFirst()
                .map(Aged::path)
                .orElse(log);
    }

    private List<Path> byAge() throws IOException {
        return aged().stream().map(Aged::path).toList();
    }

    /** Oldest first. */
    private List<Aged> aged() throws IOException {
        List<Aged> files = new ArrayList<>();
        Path folder = log.getParent();
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                if (names.test(file.getFileName().toString())) {
                    ofLines(file).ifPresent(files::add);
                }
            }
        }
        // Of the same age, log.2 comes before log.1.
        files.sort(Comparator.comparing(Aged::modified)
                .thenComparing(Comparator.comparing((Aged file) -> file.path().toString())
                        .reversed()));
        return files;
    }

    /** Empty for an empty one, and for one that is rotated away meanwhile. */
    private static Optional<Aged> ofLines(Path file) throws IOException {
        try {
            BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
            return about.isRegularFile() && about.size() > 0
                    ? Optional.of(new Aged(file, about.lastModifiedTime()))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private record Aged(Path path, FileTime modified) {}
}
