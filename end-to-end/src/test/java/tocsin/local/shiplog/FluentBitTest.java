package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.KafkaBroker;

/**
 * The configuration in {@code deploy/fluent-bit} says the same as {@code ship-log} of the same lines. What it makes of a line runs wherever
 * LuaJIT is found, as Fluent Bit calls it; the whole of it where Fluent Bit is.
 */
class FluentBitTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String SPOILING = "\"\\{}[]:,|/%?#25 -T+0a9.\u00fc";

    /** Of a proxy that is one organisation's and names its users, and as they are shipped. */
    private static final Shipping MINE = new Shipping(
            "eu \"1\"",
            "verdaccio",
            Optional.of("npm.example.org"),
            Optional.of("acme"),
            Optional.of(PrincipalType.HUMAN));

    private static final String MINE_IN_LUA =
            "source = 'eu \"1\"', kind = 'verdaccio', origin_registry = 'npm.example.org', org = 'acme', user_as = 'human'";

    @TempDir
    private Path folder;

    private static Shipping asShipped(LogFormat format) {
        return new Shipping(
                format.toString(),
                format.kind().orElse("npm-registry"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void saysWhatShipLogSays() throws Exception {
        // Given
        List<LogSample> lines = LogSample.all();

        // When
        List<String> shipped = FluentBitFilter.copiedTo(folder).ship(lines);
        List<String> mine = FluentBitFilter.copiedTo(folder).with(MINE_IN_LUA).ship(lines);

        // Then
        for (int i = 0; i < lines.size(); i++) {
            LogSample sent = lines.get(i);
            assertSame(sent.shipped(asShipped(sent.format())), shipped.get(i), sent);
            assertSame(sent.shipped(MINE), mine.get(i), sent);
        }
        assertTrue(shipped.stream().filter(each -> !each.equals("-")).count() > 40);
        assertFalse(String.join("", shipped).contains("SECRET"), "a secret left");
    }

    /** Lines that somebody spoilt, so that the two agree also where nobody looked; {@code -Dtocsin.test.spoilt-lines} makes them more. */
    @Test
    void saysWhatShipLogSaysOfSpoiltLines() throws Exception {
        // Given
        Random random = new Random(20260415);
        List<LogSample> good = LogSample.all();
        List<LogSample> lines = new ArrayList<>();
        for (int i = 0; i < Integer.getInteger("tocsin.test.spoilt-lines", 4_000); i++) {
            LogSample sent = good.get(random.nextInt(good.size()));
            StringBuilder line = new StringBuilder(sent.line());
            for (int faults = random.nextInt(3); faults >= 0 && line.length() > 2; faults--) {
                int at = random.nextInt(line.length());
                String with = String.valueOf(SPOILING.charAt(random.nextInt(SPOILING.length())));
                switch (random.nextInt(3)) {
                    case 0 -> line.deleteCharAt(at);
                    case 1 -> line.insert(at, with);
                    default -> line.replace(at, at + 1, with);
                }
            }
            lines.add(new LogSample(sent.format(), line.toString()));
        }

        // When
        List<String> shipped = FluentBitFilter.copiedTo(folder).ship(lines);

        // Then
        for (int i = 0; i < lines.size(); i++) {
            LogSample sent = lines.get(i);
            assertSame(sent.shipped(asShipped(sent.format())), shipped.get(i), sent);
        }
    }

    @Test
    void namesTheSameLogsTwice() throws IOException {
        Pattern tags = Pattern.compile("(?m)^      tag: tocsin\\.(\\S+)$");
        Pattern logs = Pattern.compile("(?m)^  (\\S+) = \\{");

        assertEquals(
                all(logs, Files.readString(FluentBitFilter.SOURCES.resolve("logs.lua"))),
                all(tags, Files.readString(FluentBitFilter.SOURCES.resolve("fluent-bit.yaml"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            format = 'verdacio', source = 'a' | format is verdaccio, nginx, nexus or artifactory
            format = 'verdaccio' | source is the proxy's name
            format = 'nginx', source = 'a' | kind is needed
            format = 'nexus', source = 'a', user_as = 'human' | user_as needs org
            format = 'nexus', source = 'a', org = 'acme', user_as = 'robot' | user_as is human, ci_cd or org_token
            """)
    void doesNotStartWithASettingThatCannotBe(String setting, String why) throws Exception {
        // Given
        FluentBitFilter filter = FluentBitFilter.copiedTo(folder).withLogs("log = { " + setting + " }");

        // When
        Process lua = filter.luajit().redirectErrorStream(true).start();
        lua.getOutputStream().close();
        String said = new String(lua.getInputStream().readAllBytes(), UTF_8);

        // Then
        assertEquals(1, lua.waitFor());
        assertTrue(said.contains("log: " + why), said);
    }

    @Test
    void isReadFromItsFilesThroughARotationByARealOne() throws Exception {
        Assumptions.assumeTrue(
                FluentBitFilter.isFound("fluent-bit"), "fluent-bit is not found: its configuration is not run");
        // Given
        String yaml = Files.readString(FluentBitFilter.SOURCES.resolve("fluent-bit.yaml"))
                .replace("/var/lib/fluent-bit", "" + folder);
        for (LogFormat format : LogFormat.values()) {
            Path log = folder.resolve(format + ".log");
            yaml = yaml.replaceAll("(tag: tocsin\\." + format + "\\n      path: )\\S+", "$1" + log);
            Files.writeString(
                    log,
                    LogSample.all().stream()
                            .filter(sent -> sent.format() == format)
                            .map(sent -> sent.line() + "\n")
                            .collect(Collectors.joining()));
        }
        FluentBitFilter filter = FluentBitFilter.copiedTo(folder);
        Path config = Files.writeString(filter.folder().resolve("fluent-bit.yaml"), yaml);
        TreeSet<String> expected = new TreeSet<>();
        for (LogSample sent : LogSample.all()) {
            sent.shipped(asShipped(sent.format())).map(JsonNode::toString).ifPresent(expected::add);
        }
        try (KafkaBroker broker = KafkaBroker.start()) {
            broker.createTopic(Topics.DOWNLOAD_OBSERVED.name(), 3);
            ProcessBuilder builder = new ProcessBuilder("fluent-bit", "-c", config.toString())
                    .directory(filter.folder().toFile())
                    .inheritIO();
            builder.environment().put("KAFKA_BROKERS", broker.bootstrapServers());
            Process fluentBit = builder.start();
            try {
                broker.awaitRecords(Topics.DOWNLOAD_OBSERVED.name(), expected.size(), LIMIT);

                // When
                Path log = folder.resolve("nexus.log");
                Files.move(log, folder.resolve("nexus.log.1"));
                LogSample another = new LogSample(LogFormat.NEXUS, LogSample.NEXUS.replace("jane", "june"));
                Files.writeString(log, another.line() + "\n");
                expected.add(another.shipped(asShipped(LogFormat.NEXUS))
                        .orElseThrow()
                        .toString());

                // Then
                broker.awaitRecords(Topics.DOWNLOAD_OBSERVED.name(), expected.size(), LIMIT);
            } finally {
                fluentBit.destroy();
                assertTrue(fluentBit.waitFor(90, TimeUnit.SECONDS));
            }
            TreeSet<String> sent = new TreeSet<>();
            for (ConsumerRecord<byte[], byte[]> record : broker.readAll(Topics.DOWNLOAD_OBSERVED.name())) {
                JsonNode value = ObservedJson.read(record.value());
                assertEquals(value.get("event_id").asText(), new String(record.key(), UTF_8));
                sent.add(value.toString());
            }
            assertEquals(expected, sent);
        }
    }

    private static void assertSame(Optional<JsonNode> expected, String shipped, LogSample sent) throws IOException {
        String[] parts = shipped.split("\t", 2);
        assertEquals(
                expected,
                shipped.equals("-") ? Optional.empty() : Optional.of(ObservedJson.read(parts[1].getBytes(UTF_8))),
                sent::toString);
        expected.ifPresent(json -> assertEquals(json.get("event_id").asText(), parts[0]));
    }

    private static Set<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
