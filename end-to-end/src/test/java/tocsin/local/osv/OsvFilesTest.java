package tocsin.local.osv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OsvFilesTest {

    @TempDir
    Path folder;

    private final List<String> found = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    private final OsvSink sink = new OsvSink() {
        @Override
        public void found(String origin, byte[] bytes) {
            found.add(folder.relativize(Path.of(origin)) + " = "
                    + (bytes.length > 100 ? bytes.length : new String(bytes, UTF_8)));
        }

        @Override
        public void unreadable(String origin) {
            unreadable.add(folder.relativize(Path.of(origin)).toString());
        }
    };

    @Test
    void readsEveryFormThatAFolderMayHold() throws IOException {
        // Given
        Files.writeString(folder.resolve("a.json"), "A");
        Files.writeString(folder.resolve("b.ndjson"), "B1\n\nB2\r\n  \nB3");
        gzip("c.json.gz", "C");
        gzip("d.jsonl.gz", "D1\nD2\n");
        zip("e.zip", "x/E1.json", "E1", "readme.txt", "no", "E2.JSON", "E2");
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/f.json"), "F");
        Files.writeString(folder.resolve("notes.txt"), "no");

        // When
        OsvFiles.read(folder, sink);

        // Then
        assertEquals(
                List.of(
                        "a.json = A",
                        "b.ndjson:1 = B1",
                        "b.ndjson:3 = B2\r",
                        "b.ndjson:5 = B3",
                        "c.json.gz = C",
                        "d.jsonl.gz:1 = D1",
                        "d.jsonl.gz:2 = D2",
                        "e.zip!x/E1.json = E1",
                        "e.zip!E2.JSON = E2",
                        "sub/f.json = F"),
                found);
        assertEquals(List.of(), unreadable);
    }

    @Test
    void readsNoMoreOfABombThanItTakesToRefuseIt() throws IOException {
        // Given
        String huge = "x".repeat(3 * OsvReader.MAX_BYTES);
        gzip("a.json.gz", huge);
        Files.writeString(folder.resolve("b.ndjson"), huge + "\nB2\n");
        zip("c.zip", "1.json", huge, "2.json", "C2");

        // When
        OsvFiles.read(folder, sink);

        // Then
        int justTooLong = OsvReader.MAX_BYTES + 1;
        assertEquals(
                List.of(
                        "a.json.gz = " + justTooLong,
                        "b.ndjson:1 = " + justTooLong,
                        "b.ndjson:2 = B2",
                        "c.zip!1.json = " + justTooLong,
                        "c.zip!2.json = C2"),
                found);
    }

    @Test
    void tellsOfFilesThatAreNotWhatTheirNameSaysAndGoesOn() throws IOException {
        // Given
        Files.writeString(folder.resolve("a.json.gz"), "not packed");
        Files.writeString(folder.resolve("b.zip"), "not packed");
        Files.writeString(folder.resolve("c.json"), "C");

        // When
        OsvFiles.read(folder, sink);

        // Then
        assertEquals(List.of("a.json.gz", "b.zip"), unreadable);
        assertEquals(List.of("c.json = C"), found);
    }

    private void gzip(String name, String content) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            out.write(content.getBytes(UTF_8));
        }
    }

    private void zip(String name, String... namesAndContents) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                out.putNextEntry(new ZipEntry(namesAndContents[i]));
                out.write(namesAndContents[i + 1].getBytes(UTF_8));
            }
        }
    }
}
