package tocsin.local.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;

/** Whoever has an image finds in it the words of each licence that it is under. */
class PapersTest {

    private static final ImageContent TRACKER = new ImageContent("download-tracker", "download-tracker");
    private static final String LIBRARIES = "download-tracker/target/lib/";

    @TempDir
    private Path folder;

    private Home home;

    @BeforeEach
    void aHomeThatWasBuilt() throws IOException {
        home = new Home(folder.resolve("home"));
        write("LICENSE", "our licence");
        for (String file : List.of("deploy/topics.yaml", "deploy/access.yaml", "deploy/postgres/roles.sql")) {
            write(file, "");
        }
        jar("download-tracker/target/download-tracker.jar", Map.of());
    }

    @Test
    void aLibraryThatBringsItsLicenceHasItInItsOwnWords() throws IOException {
        // Given
        jar(
                LIBRARIES + "speaks-1.jar",
                Map.of(
                        "META-INF/LICENSE.txt", "its own",
                        "META-INF/NOTICE", "its notice",
                        "META-INF/Taken-LICENSE", "what it took in",
                        "META-INF/licenses/taken/words", "more of it",
                        "org/License.class", "code"));
        bill(component("speaks", licence("Apache-2.0", "the general form")));

        // When
        Path papers = gathered();

        // Then
        assertEquals("speaks-1.jar: Apache-2.0: speaks-1/LICENSE.txt", lastLine(papers));
        assertEquals(
                Map.of(
                        "LICENSE.txt", "its own",
                        "NOTICE", "its notice",
                        "Taken-LICENSE", "what it took in",
                        "licenses/taken/words", "more of it"),
                files(papers.resolve("licences/speaks-1")));
        assertFalse(Files.exists(papers.resolve("licences/texts")));
    }

    /** What it took in is under licences of others. */
    @Test
    void aLibraryThatBringsOnlyOthersHasTheGeneralForm() throws IOException {
        // Given
        jar(LIBRARIES + "silent-1.jar", Map.of("META-INF/thirdparty-LICENSE", "another's"));
        bill(component("silent", licence("Apache-2.0", "the general form")));

        // When
        Path papers = gathered();

        // Then
        assertEquals("silent-1.jar: Apache-2.0: texts/Apache-2.0", lastLine(papers));
        assertEquals(Map.of("Apache-2.0", "the general form"), files(papers.resolve("licences/texts")));
        assertEquals(Map.of("thirdparty-LICENSE", "another's"), files(papers.resolve("licences/silent-1")));
        String bill = Files.readString(papers.resolve("bom.json"));
        assertTrue(bill.contains("\"Apache-2.0\"") && !bill.contains("content"), bill);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    zstd-jni        | BSD-2-Clause          | texts/BSD-2-Clause; Copyright (c) 2015-present, Luben Karavelov. All rights reserved.
                    bcprov-jdk18on  | Bouncy Castle Licence | texts/MIT; Copyright (c) 2000-2024 The Legion of the Bouncy Castle Inc. (https://www.bouncycastle.org)
                    reactive        | MIT-0                 | texts/MIT-0
                    """)
    void saysWhoseALibraryIsWhereItsLicenceWantsThat(String name, String licence, String where) throws IOException {
        // Given
        jar(LIBRARIES + name + "-1.jar", Map.of());
        bill(
                component("another", licence("MIT", "Copyright (c) <year> <copyright holders>")),
                component(name, licence(licence, "Copyright <YEAR> <OWNER>")));

        // When
        Path papers = gathered();

        // Then
        assertEquals(name + "-1.jar: " + licence + ": " + where, lastLine(papers));
    }

    @Test
    void namesEachOfSeveralLicencesOfWhichThereIsAText() throws IOException {
        // Given
        jar(LIBRARIES + "both-1.jar", Map.of());
        bill(component(
                "both",
                licence("EPL-2.0", "words of the one"),
                licence("GPL-2.0-with-classpath-exception", "404: Not Found"),
                licence("LGPL-2.1-only", "words of the other")));

        // When
        Path papers = gathered();

        // Then
        assertEquals(
                "both-1.jar: EPL-2.0, GPL-2.0-with-classpath-exception, LGPL-2.1-only: texts/EPL-2.0, texts/LGPL-2.1-only",
                lastLine(papers));
    }

    /** A text that could not be fetched when the plugin was made is none. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    404: Not Found                    | no text of the licence of silent-1.jar
                    Copyright (c) <year> <owner>      | whose silent-1.jar is has to be told
                    """)
    void makesNoImageWithWhatIsNotLicensed(String text, String complaint) throws IOException {
        // Given
        jar(LIBRARIES + "silent-1.jar", Map.of());
        bill(component("silent", licence("BSD-3-Clause", text)));

        // When
        Complaint said = assertThrows(Complaint.class, this::gathered);

        // Then
        assertTrue(String.valueOf(said.getMessage()).contains(complaint), said::getMessage);
    }

    @Test
    void makesNoImageWithALibraryThatTheBillDoesNotName() throws IOException {
        // Given
        jar(LIBRARIES + "stowaway-1-linux.jar", Map.of("LICENSE", "its own"));
        bill(component("stowaway", licence("MIT", "words")));

        // When
        Complaint said = assertThrows(Complaint.class, this::gathered);

        // Then
        assertTrue(String.valueOf(said.getMessage()).contains("does not name stowaway-1-linux.jar"), said::getMessage);
    }

    @Test
    void findsAJarByItsClassifier() throws IOException {
        // Given
        jar(LIBRARIES + "native-1-linux.jar", Map.of());
        bill(component("native", licence("EPL-2.0", "words"))
                .replace("\"name\"", "\"purl\": \"pkg:maven/g/native@1?classifier=linux&type=jar\", \"name\""));

        // When
        Path papers = gathered();

        // Then
        assertEquals("native-1-linux.jar: EPL-2.0: texts/EPL-2.0", lastLine(papers));
    }

    @Test
    void nothingOfAnEarlierImageStays() throws IOException {
        // Given
        jar(LIBRARIES + "silent-1.jar", Map.of("LICENSE", "its own"));
        bill(component("silent", licence("EPL-2.0", "words")));
        gathered();
        jar(LIBRARIES + "silent-1.jar", Map.of());

        // When
        Path papers = gathered();

        // Then
        assertFalse(Files.exists(papers.resolve("licences/silent-1")));
    }

    private Path gathered() {
        StagedHome staged = StagedHome.of(home, folder.resolve("staged"), List.of(TRACKER));
        return Papers.gather(home, staged, TRACKER, folder.resolve("papers"));
    }

    private static String lastLine(Path papers) throws IOException {
        return Files.readString(papers.resolve("licences/README"))
                .lines()
                .toList()
                .getLast();
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }

    private void bill(String... components) throws IOException {
        write("download-tracker/target/bom.json", "{\"components\": [" + String.join(",", components) + "]}");
    }

    private static String component(String name, String... licences) {
        return "{\"name\": \"%s\", \"version\": \"1\", \"licenses\": [%s]}".formatted(name, String.join(",", licences));
    }

    /** As the plugin writes it; what has spaces is a name and no id, and has no text then. */
    private static String licence(String id, String text) {
        String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return id.contains(" ")
                ? "{\"license\": {\"name\": \"%s\"}}".formatted(id)
                : "{\"license\": {\"id\": \"%s\", \"text\": {\"contentType\": \"text/plain\", \"encoding\": \"base64\", \"content\": \"%s\"}}}"
                        .formatted(id, encoded);
    }

    private void write(String file, String text) throws IOException {
        Path path = home.path().resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void jar(String file, Map<String, String> entries) throws IOException {
        Path path = home.path().resolve(file);
        Files.createDirectories(path.getParent());
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
