package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;
import tocsin.testsupport.KafkaBroker;

/**
 * The configuration in {@code deploy/fluent-bit} says the same as {@code ship-log} of the same lines. What it makes of a line runs wherever
 * LuaJIT is found, as Fluent Bit calls it; the whole of it where Fluent Bit is.
 */
class FluentBitTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SOURCES = Path.of("../deploy/fluent-bit");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String VERDACCIO = """
            {"level":35,"time":1776241800123,"pid":7,"hostname":"proxy","sub":"in","request":{"method":"GET","url":"/event-stream/-/event-stream-3.3.6.tgz"},"user":"jane","remoteIP":"192.0.2.7","status":200,"bytes":{"in":0,"out":4096},"msg":"200, user: jane(192.0.2.7)"}""";

    private static final String NGINX = """
            {"msec":"1776241800.123","request_id":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","remote_user":"","http_authorization":"","request_method":"GET","request_uri":"/event-stream/-/event-stream-3.3.6.tgz","status":"200","body_bytes_sent":"4096"}""";

    private static final String NEXUS = """
            192.0.2.7 - jane [15/Apr/2026:08:30:00 +0000] "GET /repository/npm-proxy/event-stream/-/event-stream-3.3.6.tgz HTTP/1.1" 200 - 4096 12 "npm/11.19.1 node/v20" [qtp1-21]""";

    private static final String ARTIFACTORY =
            "2026-04-15T08:30:00.123Z|4a3b2c1d|192.0.2.7|jane|GET|/api/npm/npm-remote/event-stream/-/event-stream-3.3.6.tgz|200|-1|4096|12|npm/11.19.1 | node";

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

    private record Sent(LogFormat format, String line) {}

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
        List<Sent> lines = lines();

        // When
        List<String> shipped = ship(copied(Optional.empty()), lines);
        List<String> mine = ship(copied(Optional.of(MINE_IN_LUA)), lines);

        // Then
        for (int i = 0; i < lines.size(); i++) {
            Sent sent = lines.get(i);
            assertSame(expected(sent, asShipped(sent.format())), shipped.get(i), sent);
            assertSame(expected(sent, MINE), mine.get(i), sent);
        }
        assertTrue(shipped.stream().filter(each -> !each.equals("-")).count() > 40);
        assertFalse(String.join("", shipped).contains("SECRET"), "a secret left");
    }

    /** Lines that somebody spoilt, so that the two agree also where nobody looked; {@code -Dtocsin.test.spoilt-lines} makes them more. */
    @Test
    void saysWhatShipLogSaysOfSpoiltLines() throws Exception {
        // Given
        Random random = new Random(20260415);
        List<Sent> good = lines();
        List<Sent> lines = new ArrayList<>();
        for (int i = 0; i < Integer.getInteger("tocsin.test.spoilt-lines", 4_000); i++) {
            Sent sent = good.get(random.nextInt(good.size()));
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
            lines.add(new Sent(sent.format(), line.toString()));
        }

        // When
        List<String> shipped = ship(copied(Optional.empty()), lines);

        // Then
        for (int i = 0; i < lines.size(); i++) {
            Sent sent = lines.get(i);
            assertSame(expected(sent, asShipped(sent.format())), shipped.get(i), sent);
        }
    }

    @Test
    void namesTheSameLogsTwice() throws IOException {
        Pattern tags = Pattern.compile("(?m)^      tag: tocsin\\.(\\S+)$");
        Pattern logs = Pattern.compile("(?m)^  (\\S+) = \\{");

        assertEquals(
                all(logs, Files.readString(SOURCES.resolve("logs.lua"))),
                all(tags, Files.readString(SOURCES.resolve("fluent-bit.yaml"))));
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
        Path script = copied(Optional.empty());
        Files.writeString(script.resolveSibling("logs.lua"), "return { log = { " + setting + " } }");

        // When
        Process lua = luajit(script).redirectErrorStream(true).start();
        lua.getOutputStream().close();
        String said = new String(lua.getInputStream().readAllBytes(), UTF_8);

        // Then
        assertEquals(1, lua.waitFor());
        assertTrue(said.contains("log: " + why), said);
    }

    @Test
    void isReadFromItsFilesThroughARotationByARealOne() throws Exception {
        Assumptions.assumeTrue(isFound("fluent-bit"), "fluent-bit is not found: its configuration is not run");
        // Given
        String yaml = Files.readString(SOURCES.resolve("fluent-bit.yaml")).replace("/var/lib/fluent-bit", "" + folder);
        for (LogFormat format : LogFormat.values()) {
            Path log = folder.resolve(format + ".log");
            yaml = yaml.replaceAll("(tag: tocsin\\." + format + "\\n      path: )\\S+", "$1" + log);
            Files.writeString(
                    log,
                    lines().stream()
                            .filter(sent -> sent.format() == format)
                            .map(sent -> sent.line() + "\n")
                            .collect(Collectors.joining()));
        }
        Path script = copied(Optional.empty());
        Path config = Files.writeString(script.resolveSibling("fluent-bit.yaml"), yaml);
        TreeSet<String> expected = new TreeSet<>();
        for (Sent sent : lines()) {
            expected(sent, asShipped(sent.format())).map(JsonNode::toString).ifPresent(expected::add);
        }
        try (KafkaBroker broker = KafkaBroker.start()) {
            broker.createTopic(Topics.DOWNLOAD_OBSERVED.name(), 3);
            ProcessBuilder builder = new ProcessBuilder("fluent-bit", "-c", config.toString())
                    .directory(script.resolveSibling(".").toFile())
                    .inheritIO();
            builder.environment().put("KAFKA_BROKERS", broker.bootstrapServers());
            Process fluentBit = builder.start();
            try {
                broker.awaitRecords(Topics.DOWNLOAD_OBSERVED.name(), expected.size(), LIMIT);

                // When
                Path log = folder.resolve("nexus.log");
                Files.move(log, folder.resolve("nexus.log.1"));
                Files.writeString(log, NEXUS.replace("jane", "june") + "\n");
                expected.add(
                        expected(new Sent(LogFormat.NEXUS, NEXUS.replace("jane", "june")), asShipped(LogFormat.NEXUS))
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
                JsonNode value = JSON.readTree(record.value());
                assertEquals(value.get("event_id").asText(), new String(record.key(), UTF_8));
                sent.add(sorted(value).toString());
            }
            assertEquals(expected, sent);
        }
    }

    /** Each line has something of its own. */
    private static List<Sent> lines() {
        List<Sent> lines = new ArrayList<>();
        for (LogFormat format : LogFormat.values()) {
            String line = sample(format);
            lines.add(new Sent(format, line));
            Stream.of(
                            line.replace(".tgz", ".tgz?token=SECRET#x"),
                            line.replace("jane", "anonymous"),
                            line.replace("jane", "-"),
                            line.replace("jane", "J\u00fcrgen \u65e5\u672c"),
                            line.replace("200", "302").replace("4096", "0"),
                            line.replace("4096", "0"),
                            line.replace("4096", "-1"),
                            line.replace("GET", "HEAD"),
                            line.replace("\"GET\"", "\"" + "M".repeat(33) + "\""),
                            line.replace("200", "099"),
                            line.replace(".tgz", "x".repeat(5_000)),
                            line.replaceFirst("(?=/[a-z/-]*event-stream/-/)", "http://jane:SECRET@proxy.example.com"),
                            "no line of SECRET",
                            "",
                            "   ")
                    .forEach(changed -> lines.add(new Sent(format, changed)));
            Stream.of(
                            "/-/user/token/SECRET",
                            "/npm/-/npm/v1/tokens/token/SECRET",
                            "/-%2fuser%2Ftoken%2FSECRET",
                            "/%2d/user%252ftoken%252fSECRET",
                            "/-/user/%74o%6Ben/SECRET",
                            "//-//user//token//SECRET",
                            "/-/v1/login_cli%2fSEC%2fSECRET",
                            "/-/v1/login%5Fcli/SECRET",
                            "/-/v1/done/SECRET",
                            "/token/-/token-1.0.0.tgz",
                            "/@token%2fdone/-/@token/done-1.0.0.tgz",
                            "/-/user/org.couchdb.user:jane")
                    .forEach(path ->
                            lines.add(new Sent(format, line.replaceFirst("/[a-z/-]*event-stream/-/\\S*?tgz", path))));
        }
        for (String header : List.of(
                "Bearer SECRET",
                "bearer   SECRET ",
                "Basic " + base64("jane:SECRET"),
                "Basic " + base64("__token__:SECRET"),
                "Basic " + base64("SECRET:"),
                "Basic " + base64("__token__:"),
                "Basic !!!",
                "Digest SECRET")) {
            String line = NGINX.replace("\"http_authorization\":\"\"", "\"http_authorization\":\"" + header + "\"");
            lines.add(new Sent(LogFormat.NGINX, line));
            lines.add(new Sent(
                    LogFormat.NGINX,
                    line.replace(
                            "\"remote_user\":\"\"",
                            "\"remote_user\":\"" + (header.contains(base64("SECRET:")) ? "SECRET" : "june") + "\"")));
        }
        Stream.of(
                        NGINX.replace("\"request_id\"", "\"other\""),
                        NGINX.replace("0a1b", "0".repeat(300)),
                        NGINX.replace("1776241800.123", "1776241800"),
                        NGINX.replace("1776241800.123", "1776241800.1239"),
                        NGINX.replace("1776241800.123", "1e9"),
                        NGINX.replace("\"status\":\"200\"", "\"status\":200"),
                        NGINX.replace("\"msec\"", "\"token_sha256\":\"" + "5e".repeat(32) + "\",\"msec\""),
                        NGINX.replace("event", "\\u00e9v\\u00e9nement\\ud83d\\ude00\\/\\\"\\\\"),
                        NGINX.replace("\"request_method\":\"GET\",", ""))
                .forEach(line -> lines.add(new Sent(LogFormat.NGINX, line)));
        Stream.of(
                        VERDACCIO.replace("1776241800123", "\"2026-04-15T10:30:00.123+02:00\""),
                        VERDACCIO.replace("1776241800123", "\"2026-02-29T10:30:00Z\""),
                        VERDACCIO.replace("\"user\":\"jane\"", "\"user\":null"),
                        VERDACCIO.replace("\"user\":\"jane\"", "\"user\":17"),
                        VERDACCIO.replace("\"request\"", "\"req\""),
                        VERDACCIO.replace("\"status\":200,", ""),
                        VERDACCIO.replace("\"level\":35", "\"level\":" + "[".repeat(30)),
                        VERDACCIO.replace("\"level\":35", "\"level\":[1,{},[],true,false,null,-1.5e3]"))
                .forEach(line -> lines.add(new Sent(LogFormat.VERDACCIO, line)));
        Stream.of(
                        NEXUS.replace("15/Apr/2026:08:30:00 +0000", "29/Feb/2028:23:59:59 -0330"),
                        NEXUS.replace("Apr", "Foo"),
                        NEXUS.replace("- 4096", "- -"),
                        NEXUS.replace(" HTTP/1.1", ""),
                        NEXUS.replace("- jane [", "- - ["))
                .forEach(line -> lines.add(new Sent(LogFormat.NEXUS, line)));
        Stream.of(
                        ARTIFACTORY.replace("|jane|", "|non_authenticated_user|"),
                        ARTIFACTORY.replace("|npm/11.19.1 | node", ""),
                        ARTIFACTORY.replace("|12|npm/11.19.1 | node", ""),
                        ARTIFACTORY.replace("08:30:00.123Z", "08:30:00.1+05:30"),
                        ARTIFACTORY.replace("|200|", "|abc|"))
                .forEach(line -> lines.add(new Sent(LogFormat.ARTIFACTORY, line)));
        return lines;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static String sample(LogFormat format) {
        return switch (format) {
            case VERDACCIO -> VERDACCIO;
            case NGINX -> NGINX;
            case NEXUS -> NEXUS;
            case ARTIFACTORY -> ARTIFACTORY;
        };
    }

    private static void assertSame(Optional<JsonNode> expected, String shipped, Sent sent) throws IOException {
        String[] parts = shipped.split("\t", 2);
        assertEquals(
                expected,
                shipped.equals("-") ? Optional.empty() : Optional.of(sorted(JSON.readTree(parts[1]))),
                sent::toString);
        expected.ifPresent(json -> assertEquals(json.get("event_id").asText(), parts[0]));
    }

    private static Optional<JsonNode> expected(Sent sent, Shipping shipping) {
        return switch (sent.format().read(sent.line())) {
            case LogLine.Told(LoggedRequest request) -> Optional.of(json(shipping.observed(request, sent.line())));
            case LogLine.Ignored() -> Optional.empty();
            case LogLine.Bad(String _) -> Optional.empty();
        };
    }

    /** As {@code docs/events.md} has it. */
    private static JsonNode json(DownloadObserved download) {
        ObjectNode json = JSON.createObjectNode();
        download.getEventId().ifPresent(id -> json.put("event_id", id));
        json.put("source", download.getSource());
        download.getSourceKind().ifPresent(kind -> json.put("source_kind", kind));
        json.put("fetched_at", download.getFetchedAt().toEpochMilli());
        ProxyRequest request = download.getRequest().orElseThrow();
        ObjectNode inner = json.putObject("request");
        inner.put("method", request.getMethod());
        inner.put("path", request.getPath());
        inner.put("status", request.getStatus());
        request.getBytes().ifPresent(bytes -> inner.put("bytes", bytes));
        download.getOriginRegistry().ifPresent(registry -> json.put("origin_registry", registry));
        download.getOrgId().ifPresent(org -> json.put("org_id", org));
        if (download.getPrincipal().isPresent()) {
            Principal principal = download.getPrincipal().get();
            ObjectNode who = json.putObject("principal");
            who.put("type", principal.getType().name().toLowerCase(Locale.ROOT));
            who.put("id", principal.getId());
            principal.getName().ifPresent(name -> who.put("name", name));
        }
        download.getTokenId().ifPresent(token -> json.put("token_id", token));
        return sorted(json);
    }

    private static JsonNode sorted(JsonNode node) {
        try {
            return JSON.readTree(
                    JSON.writeValueAsString(JSON.convertValue(node, new TypeReference<TreeMap<String, Object>>() {})));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** @return the script, with all of these settings for every log */
    private Path copied(Optional<String> settings) throws IOException {
        Path copy = Files.createTempDirectory(folder, "fluent-bit");
        for (String file : List.of("tocsin.lua", "sha256.lua", "json.lua", "logs.lua")) {
            Files.copy(SOURCES.resolve(file), copy.resolve(file));
        }
        if (settings.isPresent()) {
            Files.writeString(
                    copy.resolve("logs.lua"),
                    Arrays.stream(LogFormat.values())
                            .map(format -> format + " = { format = '" + format + "', " + settings.get() + " }")
                            .collect(Collectors.joining(",\n", "return { ", " }")));
        }
        return copy.resolve("tocsin.lua");
    }

    private static ProcessBuilder luajit(Path script) {
        Assumptions.assumeTrue(isFound("luajit"), "luajit is not found: the filter for Fluent Bit is not run");
        return new ProcessBuilder("luajit", "src/test/lua/ship.lua", script.toString());
    }

    private static List<String> ship(Path script, List<Sent> lines) throws IOException {
        Path input = Files.writeString(
                script.resolveSibling("lines"),
                lines.stream()
                        .map(sent -> sent.format() + "\t" + sent.line() + "\n")
                        .collect(Collectors.joining()));
        Process lua = luajit(script)
                .redirectInput(input.toFile())
                .redirectError(script.resolveSibling("said").toFile())
                .start();
        List<String> answers =
                new String(lua.getInputStream().readAllBytes(), UTF_8).lines().toList();
        String said = Files.readString(script.resolveSibling("said"));
        assertEquals(lines.size(), answers.size(), said);
        assertFalse(said.contains("SECRET") || said.contains("jane"), said);
        return answers;
    }

    private static boolean isFound(String command) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }
}
