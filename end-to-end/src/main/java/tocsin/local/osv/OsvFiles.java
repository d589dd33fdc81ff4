package tocsin.local.osv;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Finds OSV records in files: {@code .json} holds one, {@code .ndjson} and {@code .jsonl} one a line, {@code .gz} either of these packed,
 * {@code .zip} any number of {@code .json} (as osv.dev exports an ecosystem). Reads as a stream, whatever the size.
 */
final class OsvFiles {

    private static final List<String> LINES = List.of(".ndjson", ".jsonl");
    private static final int BUFFER = 1 << 16;

    private OsvFiles() {}

    /** @param path a file, taken for what its name says, or a folder, in which files of other names are passed over */
    static void read(Path path, OsvSink sink) {
        if (!Files.isDirectory(path)) {
            readFile(path, sink);
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> isKnown(nameOf(file)))
                    .sorted()
                    .forEach(file -> readFile(file, sink));
        } catch (IOException | UncheckedIOException _) {
            sink.unreadable(path.toString());
        }
    }

    private static void readFile(Path file, OsvSink sink) {
        String origin = file.toString();
        String name = nameOf(file);
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            if (name.endsWith(".zip")) {
                readZip(raw, origin, sink);
            } else if (name.endsWith(".gz")) {
                try (InputStream unpacked = new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER)) {
                    readStream(unpacked, name.substring(0, name.length() - ".gz".length()), origin, sink);
                }
            } else {
                readStream(raw, name, origin, sink);
            }
        } catch (IOException _) {
            sink.unreadable(origin);
        }
    }

    private static void readZip(InputStream raw, String origin, OsvSink sink) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(raw)) {
            boolean any = false;
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                any = true;
                if (!entry.isDirectory()
                        && entry.getName().toLowerCase(Locale.ROOT).endsWith(".json")) {
                    sink.found(origin + "!" + entry.getName(), capped(zip));
                }
            }
            if (!any) {
                // What is no ZIP at all has no first entry either.
                sink.unreadable(origin);
            }
        }
    }

    private static void readStream(InputStream in, String name, String origin, OsvSink sink) throws IOException {
        if (LINES.stream().anyMatch(name::endsWith)) {
            readLines(in, origin, sink);
        } else {
            sink.found(origin, capped(in));
        }
    }

    private static void readLines(InputStream in, String origin, OsvSink sink) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int number = 1;
        for (int next = in.read(); ; next = in.read()) {
            if (next == '\n' || next < 0) {
                byte[] bytes = line.toByteArray();
                if (!isBlank(bytes)) {
                    sink.found(origin + ":" + number, bytes);
                }
                if (next < 0) {
                    return;
                }
                line.reset();
                number++;
            } else if (line.size() <= OsvReader.MAX_BYTES) {
                line.write(next);
            }
        }
    }

    /** One byte more than a record may have tells that there were more; the rest, however much a packed file may hold, is left. */
    private static byte[] capped(InputStream in) throws IOException {
        return in.readNBytes(OsvReader.MAX_BYTES + 1);
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static boolean isKnown(String name) {
        String unpacked = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
        return name.endsWith(".zip")
                || unpacked.endsWith(".json")
                || LINES.stream().anyMatch(unpacked::endsWith);
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT);
    }
}
