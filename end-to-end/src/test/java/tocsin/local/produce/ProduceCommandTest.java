package tocsin.local.produce;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.local.CommandRun;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.KafkaBroker;

class ProduceCommandTest {

    private static KafkaBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        broker.createTopic("download.observed", 1);
        broker.createTopic("advisory.published", 1);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void tellsOfADownloadAsAProxyWould() {
        // When
        CommandRun run = CommandRun.of(
                new ProduceCommand(),
                ("download npm @scope/name 1.2.3 --org example-org --principal ci_cd:build-7 --principal-name build"
                                + " --repository example-org/shop --fetched-at 2026-01-02T03:04:05Z --event-id e-1"
                                + " --bootstrap " + broker.bootstrapServers())
                        .split(" "));

        // Then
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("Sent to download.observed 0:0.", run.out().strip());
        var record = broker.readAll("download.observed").getFirst();
        assertEquals("e-1", new String(record.headers().lastHeader("message-id").value(), UTF_8));
        assertEquals(
                DownloadObserved.newBuilder()
                        .setEventId("e-1")
                        .setSource("command-line")
                        .setFetchedAt(Instant.parse("2026-01-02T03:04:05Z"))
                        .setEcosystem("npm")
                        .setPackageName("@scope/name")
                        .setVersion("1.2.3")
                        .setOrgId("example-org")
                        .setPrincipal(Principal.newBuilder()
                                .setType(PrincipalType.CI_CD)
                                .setId("build-7")
                                .setName("build")
                                .setRepository("example-org/shop")
                                .build())
                        .build(),
                MessageCodec.of(DownloadObserved.class).decode(record.value()));
    }

    @Test
    void refusesAnOrganisationWithoutAPrincipal() {
        CommandRun run = CommandRun.of(
                new ProduceCommand(),
                "download",
                "npm",
                "x",
                "1",
                "--org",
                "example-org",
                "--bootstrap",
                broker.bootstrapServers());
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("--org and --principal belong together"), run.err());
    }

    @Test
    void publishesAnAdvisoryAsAFeedWould() throws IOException {
        // Given
        String osv = "{\"id\":\"GHSA-1\",\"modified\":\"2026-01-02T03:04:05Z\"}\n";
        Path file = Files.writeString(folder.resolve("a.json"), osv);

        // When
        CommandRun run = CommandRun.of(
                new ProduceCommand(),
                "advisory",
                file.toString(),
                "--feed",
                "by-hand",
                "--bootstrap",
                broker.bootstrapServers());

        // Then
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(
                AdvisoryPublished.newBuilder().setFeed("by-hand").setOsv(osv).build(),
                MessageCodec.of(AdvisoryPublished.class)
                        .decode(broker.readAll("advisory.published").getFirst().value()));
    }
}
