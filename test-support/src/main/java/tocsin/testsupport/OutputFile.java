package tocsin.testsupport;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The part of a growing file that one process writes. */
record OutputFile(Path file, long start) {

    private static final int MOST_AT_ONCE = 1 << 20;

    /** What is in the file now belongs to earlier processes. */
    static OutputFile from(Path file) throws IOException {
        return new OutputFile(file, Files.exists(file) ? Files.size(file) : 0);
    }

    Reader read() {
        return new Reader();
    }

    /** The last lines, fewer if there are not so many. */
    List<String> last(int count) {
        Reader reader = new Reader();
        List<String> all = Stream.generate(() -> reader.next().toList())
                .takeWhile(lines -> !lines.isEmpty())
                .flatMap(List::stream)
                .toList();
        return all.subList(Math.max(0, all.size() - count), all.size());
    }

    /** Goes through the lines once, as they come. */
    final class Reader {

        private long position = start;

        /** The whole lines that have come since the last call; a line that is still being written comes later. */
        Stream<String> next() {
            if (!Files.exists(file)) {
                return Stream.empty();
            }
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(position);
                byte[] read = new byte[(int) Math.min(MOST_AT_ONCE, Math.max(0, in.length() - position))];
                in.readFully(read);
                int end = read.length;
                while (end > 0 && read[end - 1] != '\n' && read.length < MOST_AT_ONCE) {
                    end--;
                }
                position += end;
                return new String(read, 0, end, StandardCharsets.UTF_8).lines();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
    }
}
