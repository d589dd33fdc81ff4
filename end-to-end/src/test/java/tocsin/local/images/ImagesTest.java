package tocsin.local.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirDeletionStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;

/** An image as whoever runs it finds it: written without an engine and without a network, on no base at all. */
class ImagesTest {

    private static final ImageContent SENDER = new ImageContent("webhook-sender", "webhook-sender");
    private static final String OURS = "opt/tocsin/webhook-sender/target/";

    /** What {@link PapersTest} looks at is not looked at here. */
    private static final String BILL = """
            {"bomFormat": "CycloneDX", "components": [
             {"name": "library", "version": "1", "licenses": [{"license": {"id": "MIT"}}]},
             {"name": "service-defaults", "version": "1", "licenses": [{"license": {"id": "Apache-2.0", "text": {"content": "its words"}}}]}
            ]}
            """;

    /** Where a base cannot be had, threads of the library may still write to its cache a moment after it has given up. */
    @TempDir(deletionStrategy = TempDirDeletionStrategy.IgnoreFailures.class)
    private Path folder;

    private Path runtime;
    private Home home;

    @BeforeEach
    void aHomeThatWasBuilt() throws IOException {
        home = new Home(folder.resolve("home"));
        write("LICENSE", "our licence");
        write("deploy/topics.yaml", "topics: []");
        write("deploy/access.yaml", "services: []");
        write("deploy/postgres/roles.sql", "select 1");
        write("webhook-sender/target/bom.json", BILL);
        jar("webhook-sender/target/webhook-sender.jar", "tocsin/Main.class");
        jar("webhook-sender/target/lib/service-defaults-1.jar", "tocsin/service/health/ProbeMain.class");
        jar("webhook-sender/target/lib/library-1.jar", "META-INF/LICENSE.txt", "NOTICE", "org/License.class");
        runtime = folder.resolve("runtime");
        Files.createDirectories(runtime.resolve("bin"));
        Files.writeString(runtime.resolve("bin/java"), "a runtime");
        assertTrue(runtime.resolve("bin/java").toFile().setExecutable(true));
    }

    @Test
    void runsTheJarOfAServiceAsNobodyInParticular() throws IOException {
        // When
        Image image = Image.read(written(SENDER, "one"));

        // Then
        assertEquals("10001:10001", image.config().at("/config/User").asText());
        List<String> entrypoint = image.config()
                .at("/config/Entrypoint")
                .valueStream()
                .map(JsonNode::asText)
                .toList();
        assertEquals("/opt/tocsin/runtime/bin/java", entrypoint.getFirst());
        assertEquals("/" + OURS + "webhook-sender.jar", entrypoint.getLast());
        assertTrue(entrypoint.containsAll(List.of("-Xlog:disable", "-Xlog:all=warning:stderr")), entrypoint::toString);
        assertTrue(entrypoint.stream().noneMatch(word -> word.startsWith("-XX:AOTCache")), entrypoint::toString);
        assertTrue(image.config().at("/config/ExposedPorts").has("8080/tcp"));
        assertEquals("[\"registry.example.com/tocsin/webhook-sender:1.2\"]", image.tags());
    }

    @Test
    void holdsJarLibrariesRuntimeAndPapersAndNothingElse() throws IOException {
        // When
        Map<String, Integer> files = Image.read(written(SENDER, "one")).files();

        // Then
        assertEquals(
                new TreeMap<>(Map.ofEntries(
                        Map.entry("opt/tocsin/runtime/bin/java", 0755),
                        Map.entry(OURS + "webhook-sender.jar", 0644),
                        Map.entry(OURS + "lib/library-1.jar", 0644),
                        Map.entry(OURS + "lib/service-defaults-1.jar", 0644),
                        Map.entry("opt/tocsin/probe.jar", 0644),
                        Map.entry("opt/tocsin/papers/bom.json", 0644),
                        Map.entry("opt/tocsin/papers/licences/README", 0644),
                        Map.entry("opt/tocsin/papers/licences/tocsin", 0644),
                        Map.entry("opt/tocsin/papers/licences/library-1/LICENSE.txt", 0644),
                        Map.entry("opt/tocsin/papers/licences/library-1/NOTICE", 0644),
                        Map.entry("opt/tocsin/papers/licences/texts/Apache-2.0", 0644))),
                files);
    }

    @Test
    void holdsTheStartCacheWhereThereIsOne() throws IOException {
        // Given
        StagedHome staged = StagedHome.of(home, folder.resolve("staged"), List.of(SENDER));
        Files.writeString(SENDER.cacheIn(staged.path()), "classes");

        // When
        Path tar = write(SENDER, staged, "one");

        // Then
        Image image = Image.read(tar);
        assertTrue(image.files().containsKey(OURS + "webhook-sender.aot"));
        assertTrue(image.config()
                .at("/config/Entrypoint")
                .toString()
                .contains("-XX:AOTCache=/" + OURS + "webhook-sender.aot"));
    }

    /** Commands read what operations install from the folder that they run in. */
    @Test
    void givesTheCommandsTheirFiles() throws IOException {
        // Given
        write("end-to-end/target/bom.json", BILL);
        jar("end-to-end/target/end-to-end.jar", "tocsin/Main.class");
        jar("end-to-end/target/lib/library-1.jar", "LICENSE");

        // When
        Image image = Image.read(written(ImageContent.TOOLS, "tools"));

        // Then
        assertTrue(image.files()
                .keySet()
                .containsAll(List.of(
                        "opt/tocsin/deploy/topics.yaml",
                        "opt/tocsin/deploy/access.yaml",
                        "opt/tocsin/deploy/postgres/roles.sql")));
        assertTrue(image.config().at("/config/ExposedPorts").isEmpty());
    }

    @Test
    void isTheSameEachTimeItIsMadeOfTheSame() throws IOException {
        // When
        Path one = written(SENDER, "one");
        Path two = written(SENDER, "two");

        // Then
        assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(two));
    }

    /** Their times say nothing of what changed: all files of an image are equally old. */
    @Test
    void holdsWhatWasBuiltLast() throws IOException {
        // Given
        byte[] before = Files.readAllBytes(written(SENDER, "one"));
        jar("webhook-sender/target/webhook-sender.jar", "tocsin/Main.class", "tocsin/Added.class");

        // When
        byte[] after = Files.readAllBytes(written(SENDER, "one"));

        // Then
        assertFalse(Arrays.equals(before, after));
    }

    @Test
    void isNotMadeWithoutABillOfMaterials() throws IOException {
        // Given
        Files.delete(home.path().resolve("webhook-sender/target/bom.json"));

        // When
        Complaint complaint = assertThrows(Complaint.class, () -> written(SENDER, "one"));

        // Then
        assertTrue(String.valueOf(complaint.getMessage()).contains("bom.json"), complaint::getMessage);
    }

    /** Where nothing may be fetched, nothing is. */
    @Test
    void saysThatABaseCannotBeHad() {
        // Given
        StagedHome staged = StagedHome.of(home, folder.resolve("staged"), List.of(SENDER));
        ImageFactory factory = new ImageFactory("registry.example.com/base:1", true);

        // When
        Complaint complaint = assertThrows(
                Complaint.class,
                () -> factory.write(
                        SENDER, "tocsin/sender:1", staged, runtime, staged.path(), folder.resolve("none.tar")));

        // Then
        assertTrue(
                String.valueOf(complaint.getMessage()).contains("registry.example.com/base:1"), complaint::getMessage);
    }

    @ParameterizedTest
    @CsvSource({
        "tocsin,                       latest, tocsin/webhook-sender:latest",
        "registry.example.com/tocsin/, 1.2,    registry.example.com/tocsin/webhook-sender:1.2",
        "'',                           1,      webhook-sender:1"
    })
    void isNamedAsItsRegistryWants(String registry, String tag, String reference) {
        assertEquals(reference, SENDER.reference(registry, tag));
    }

    private Path written(ImageContent content, String name) {
        return write(content, StagedHome.of(home, folder.resolve("staged-" + name), List.of(content)), name);
    }

    private Path write(ImageContent content, StagedHome staged, String name) {
        Path papers = Papers.gather(home, staged, content, folder.resolve("papers-" + name));
        Path tar = folder.resolve(name + ".tar");
        new ImageFactory("scratch", true)
                .write(content, content.reference("registry.example.com/tocsin", "1.2"), staged, runtime, papers, tar);
        return tar;
    }

    private void write(String file, String text) throws IOException {
        Path path = home.path().resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void jar(String file, String... entries) throws IOException {
        Path path = home.path().resolve(file);
        Files.createDirectories(path.getParent());
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(entry.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** @param files by name, with their rights */
    private record Image(JsonNode manifest, JsonNode config, Map<String, Integer> files) {

        private static final JsonMapper JSON = JsonMapper.builder().build();

        static Image read(Path tar) throws IOException {
            Map<String, byte[]> parts = new TreeMap<>();
            try (InputStream in = Files.newInputStream(tar)) {
                Tar.read(in, (entry, _, content) -> parts.put(entry, content));
            }
            JsonNode manifest = JSON.readTree(parts.getOrDefault("manifest.json", new byte[0]))
                    .path(0);
            JsonNode config =
                    JSON.readTree(parts.getOrDefault(manifest.path("Config").asText(), new byte[0]));
            Map<String, Integer> files = new TreeMap<>();
            List<String> layers = new ArrayList<>();
            manifest.path("Layers").forEach(layer -> layers.add(layer.asText()));
            for (String layer : layers) {
                byte[] content = parts.getOrDefault(layer, new byte[0]);
                try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
                    Tar.read(in, (entry, mode, _) -> files.put(entry, mode));
                }
            }
            return new Image(manifest, config, files);
        }

        String tags() {
            return manifest.path("RepoTags").toString();
        }
    }

    /** As much of tar as Jib writes. */
    private static final class Tar {

        private static final int BLOCK = 512;

        @FunctionalInterface
        interface Visitor {
            void file(String name, int mode, byte[] content);
        }

        static void read(InputStream in, Visitor visitor) throws IOException {
            while (true) {
                byte[] header = in.readNBytes(BLOCK);
                if (header.length < BLOCK || header[0] == 0) {
                    return;
                }
                int size = Integer.parseInt(text(header, 124, 11), 8);
                byte[] content = in.readNBytes(size);
                in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                if (header[156] == '0' || header[156] == 0) {
                    String prefix = text(header, 345, 155);
                    String name = (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, 100);
                    visitor.file(name, Integer.parseInt(text(header, 100, 7), 8) & 0777, content);
                }
            }
        }

        private static String text(byte[] header, int from, int length) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int i = from; i < from + length && header[i] != 0 && header[i] != ' '; i++) {
                out.write(header[i]);
            }
            return out.toString(StandardCharsets.US_ASCII);
        }
    }
}
