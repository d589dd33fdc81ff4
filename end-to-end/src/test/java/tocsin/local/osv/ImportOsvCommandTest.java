package tocsin.local.osv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.local.CommandRun;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.testsupport.KafkaBroker;

class ImportOsvCommandTest {

    private static final MessageCodec<AdvisoryPublished> CODEC = MessageCodec.of(AdvisoryPublished.class);

    private static KafkaBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        broker.createTopic("advisory.published", 3);
        broker.createTopic("shared.advisory.published", 3);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void publishesWhatIsARecordAndTellsWhatIsNone() throws IOException {
        // Given
        String one = "{\"id\":\"GHSA-1\",\"modified\":\"2026-01-02T03:04:05Z\"}";
        String two = "{\"id\":\"MAL-2\",\"modified\":\"2026-01-02T03:04:05Z\",\"summary\":\"…\"}";
        Files.writeString(folder.resolve("a.json"), one);
        Files.writeString(folder.resolve("b.ndjson"), two + "\nnonsense\n{}\n");

        // When
        CommandRun run = CommandRun.of(
                new ImportOsvCommand(),
                "--bootstrap",
                broker.bootstrapServers(),
                "--feed",
                "osv-npm",
                folder.toString());

        // Then
        List<AdvisoryPublished> published = broker.readAll("advisory.published").stream()
                .map(record -> CODEC.decode(record.value()))
                .sorted(java.util.Comparator.comparing(AdvisoryPublished::getOsv))
                .toList();
        assertEquals(
                List.of(one, two),
                published.stream().map(AdvisoryPublished::getOsv).toList());
        assertTrue(published.stream().allMatch(advisory -> advisory.getFeed().equals("osv-npm")));
        assertTrue(run.out().startsWith("2 published and 2 refused in "), run.out());
        assertTrue(run.out().contains("  1 not JSON: " + folder.resolve("b.ndjson") + ":2"), run.out());
        assertTrue(run.out().contains("  1 no id: " + folder.resolve("b.ndjson") + ":3"), run.out());
        assertEquals(1, run.exitCode(), "some were refused");
    }

    @Test
    void keepsToThePrefixOfASharedCluster() throws IOException {
        // Given
        Path file = Files.writeString(
                folder.resolve("a.json"), "{\"id\":\"GHSA-3\",\"modified\":\"2026-01-02T03:04:05Z\"}");

        // When
        CommandRun run = CommandRun.of(
                new ImportOsvCommand(),
                "--bootstrap",
                broker.bootstrapServers(),
                "--topic-prefix",
                "shared.",
                file.toString());

        // Then
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(
                List.of("GHSA-3"),
                broker.readAll("shared.advisory.published").stream()
                        .map(record -> new String(record.key(), UTF_8))
                        .toList());
    }

    @Test
    void complainsInOneLineOfAPathThatIsNotThere() {
        // When
        CommandRun run = CommandRun.of(
                new ImportOsvCommand(),
                "--bootstrap",
                broker.bootstrapServers(),
                folder.resolve("none").toString());

        // Then
        assertEquals(1, run.exitCode());
        assertEquals("cannot read " + folder.resolve("none"), run.err().strip());
    }
}
