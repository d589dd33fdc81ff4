package tocsin.local.shiplog;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.local.CommandRun;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;
import tocsin.testsupport.KafkaBroker;

class ShipLogCommandTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static KafkaBroker broker;

    private final String prefix = UUID.randomUUID() + ".";

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static String line(int i) {
        return "192.0.2.7 - jane [15/Apr/2026:08:30:00 +0000] \"GET /repository/npm/event-stream/-/event-stream-3.3."
                + i + ".tgz?secret=npm_token HTTP/1.1\" 200 - 4096 12 \"npm/11.19.1\" [qtp1-21]\n";
    }

    private CommandRun ship(String... arguments) {
        broker.createTopic(prefix + Topics.DOWNLOAD_OBSERVED.name(), 3);
        String[] all = new String[arguments.length + 6];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(
                new String[] {"--format", "nexus", "--bootstrap", broker.bootstrapServers(), "--topic-prefix", prefix},
                0,
                all,
                arguments.length,
                6);
        return CommandRun.of(new ShipLogCommand(), all);
    }

    private List<DownloadObserved> observed() {
        MessageCodec<DownloadObserved> codec = MessageCodec.of(DownloadObserved.class);
        return broker.readAll(prefix + Topics.DOWNLOAD_OBSERVED.name()).stream()
                .map(record -> codec.decode(record.value()))
                .toList();
    }

    @Test
    void shipsALogAndGoesOnBehindWhatItShipped() throws IOException {
        // Given
        Path log = Files.writeString(folder.resolve("request.log"), line(1) + "no line of npm_token\n" + line(2));

        // When
        CommandRun run = ship(log.toString(), "--source", "nexus-eu", "--org", "acme", "--user-as", "human");

        // Then
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(
                "Shipped 2 requests; ignored 0 lines of no answer; bad lines: 1 {not in the pattern of Nexus' request.log=1}.",
                run.out().strip());
        assertEquals(
                "tocsin: a line is no line of nexus: not in the pattern of Nexus' request.log (1 so far)",
                run.err().strip());
        assertEquals(2, observed().size());
        assertTrue(observed()
                .contains(DownloadObserved.newBuilder()
                        .setEventId("line:" + Credentials.sha256(line(1).strip()))
                        .setSource("nexus-eu")
                        .setSourceKind("nexus")
                        .setFetchedAt(Instant.parse("2026-04-15T08:30:00Z"))
                        .setRequest(ProxyRequest.newBuilder()
                                .setMethod("GET")
                                .setPath("/repository/npm/event-stream/-/event-stream-3.3.1.tgz")
                                .setStatus(200)
                                .setBytes(4096L)
                                .build())
                        .setOrgId("acme")
                        .setPrincipal(Principal.newBuilder()
                                .setType(PrincipalType.HUMAN)
                                .setId("jane")
                                .setName("jane")
                                .build())
                        .build()));

        // When
        Files.writeString(log, line(3), StandardOpenOption.APPEND);
        ship(log.toString());

        // Then
        assertEquals(3, observed().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --kind npm        | --kind is one of npm-registry
            --kind ''         | --kind is one of npm-registry
            --source ''       | --source has 1 to 128 characters
            --org two/parts   | --org:
            --user-as human   | --user-as needs --org
            """)
    void refusesBeforeItReadsWhatTheTrackerWouldNotTake(String options, String why) throws IOException {
        Path log = Files.writeString(folder.resolve("request.log"), line(1));
        String[] words = (log + " " + options).replace("''", "").split(" ", -1);

        CommandRun run = ship(words);

        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains(why), run.err());
        assertEquals(List.of(), observed());
    }

    @Test
    void knowsTheKindsThatAreDocumented() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("../docs/sources.md")).stream()
                .map(Pattern.compile("^\\| `([a-z-]+)` \\| .*")::matcher)
                .filter(Matcher::matches)
                .map(row -> row.group(1))
                .toList();

        assertEquals(documented, Shipping.KINDS);
    }

    @Test
    void saysSoonThatNoBrokerIsThere() throws IOException {
        // Given more requests than a wait for each would allow
        Path log = Files.writeString(folder.resolve("request.log"), line(1).repeat(400));
        Path client = Files.writeString(folder.resolve("client.properties"), "max.block.ms=500\n");

        // When
        long start = System.nanoTime();
        CommandRun run = CommandRun.of(
                new ShipLogCommand(),
                log.toString(),
                "--format",
                "nexus",
                "--bootstrap",
                "127.0.0.1:1",
                "--client-config",
                client.toString());

        // Then
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("the broker does not take requests"), run.err());
        assertTrue(System.nanoTime() - start < LONG.toNanos(), "it waited for each");
    }

    @Test
    void givesTheSameIdsToALogThatIsShippedAgain() throws IOException {
        // Given
        Path log = Files.writeString(folder.resolve("request.log"), line(1) + line(2));
        ship(log.toString());

        // When its place is forgotten
        Files.delete(folder.resolve("request.log.checkpoint"));
        ship(log.toString());

        // Then
        assertEquals(4, observed().size());
        assertEquals(2, observed().stream().distinct().count());
    }

    @Test
    void makesNobodyAPrincipalWithoutBeingTold() throws IOException {
        // Given
        Path log = Files.writeString(folder.resolve("request.log"), line(1));

        // When
        ship(log.toString(), "--org", "acme");

        // Then
        Principal principal = observed().getFirst().getPrincipal().orElseThrow();
        assertEquals(PrincipalType.ANONYMOUS, principal.getType());
        assertEquals("anonymous", principal.getId());
    }

    @Test
    void saysWhereAllPackagesOfALogComeFrom() throws IOException {
        // Given
        Path log = Files.writeString(folder.resolve("request.log"), line(1));

        // When
        CommandRun misused = ship(log.toString(), "--origin-registry", "https://npm.example.org/");
        CommandRun run = ship(log.toString(), "--origin-registry", "npm.example.org");

        // Then
        assertEquals(2, misused.exitCode());
        assertTrue(misused.err().startsWith("--origin-registry is a host"), misused.err());
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(Optional.of("npm.example.org"), observed().getFirst().getOriginRegistry());
    }

    @Test
    void remembersOnlyWhatTheBrokerTookAndTriesUntilItDoes() throws Exception {
        // Given
        Path log = Files.writeString(folder.resolve("request.log"), line(1));
        Path checkpoint = folder.resolve("request.log.checkpoint");
        Thread following = Thread.ofVirtual().start(() -> ship(log.toString(), "--follow"));
        await().atMost(LONG).until(() -> Files.exists(checkpoint));
        String before = Files.readString(checkpoint);

        // When
        broker.stop();
        Files.writeString(log, line(2), StandardOpenOption.APPEND);
        await().pollDelay(Duration.ofSeconds(2)).until(() -> Files.readString(checkpoint), before::equals);
        broker.restart();

        // Then
        await().atMost(LONG).until(() -> !Files.readString(checkpoint).equals(before));
        assertEquals(2, observed().stream().distinct().count());
        following.interrupt();
        assertTrue(following.join(LONG));
    }

    @Test
    void followsALogThroughRotationUntilItIsStopped() throws Exception {
        // Given
        Path log = Files.writeString(folder.resolve("request.log"), line(1));
        Thread following = Thread.ofVirtual().start(() -> ship(log.toString(), "--follow"));
        broker.createTopic(prefix + Topics.DOWNLOAD_OBSERVED.name(), 3);
        broker.awaitRecords(prefix + Topics.DOWNLOAD_OBSERVED.name(), 1, LONG);

        // When
        Files.move(log, folder.resolve("request.log.1"));
        Files.writeString(folder.resolve("request.log.1"), line(2), StandardOpenOption.APPEND);
        Files.writeString(log, line(3));

        // Then
        broker.awaitRecords(prefix + Topics.DOWNLOAD_OBSERVED.name(), 3, LONG);
        assertEquals(
                List.of(1, 2, 3),
                observed().stream()
                        .map(download -> download.getRequest().orElseThrow().getPath())
                        .map(path -> Integer.parseInt(path.replaceAll(".*3\\.3\\.(\\d)\\.tgz", "$1")))
                        .sorted()
                        .collect(Collectors.toList()));
        following.interrupt();
        assertTrue(following.join(LONG));
    }

    @Test
    void speaksToTheClusterAsItsFileSays() throws IOException {
        // Given a cluster that speaks no TLS
        Path log = Files.writeString(folder.resolve("request.log"), line(1));
        Path client = Files.writeString(
                folder.resolve("client.properties"),
                "ssl.truststore.location=" + folder.resolve("none.p12")
                        + "\nsecurity.protocol=SSL\nssl.truststore.password=not-to-be-seen\n");

        // When
        CommandRun run = ship(log.toString(), "--client-config", client.toString());

        // Then
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("cannot speak to a broker at"), run.err());
        assertFalse(run.err().contains("not-to-be-seen"), run.err());
    }

    @Test
    void asksForWhatItCannotKnow() throws IOException {
        Path log = Files.writeString(folder.resolve("request.log"), line(1));
        CommandRun run = CommandRun.of(
                new ShipLogCommand(), log.toString(), "--format", "nginx", "--bootstrap", broker.bootstrapServers());
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("--kind is needed"), run.err());
    }
}
