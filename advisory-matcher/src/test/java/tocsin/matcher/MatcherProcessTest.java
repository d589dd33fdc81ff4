package tocsin.matcher;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.TokenIssuer;

/** The service as it runs: a process of its own on a broker with many partitions. */
class MatcherProcessTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** Each look reads a topic whole, beside the service on the same cores. */
    private static final Duration LOOK = Duration.ofMillis(400);

    /** Known as a sum over partitions, each of which tells a power of two below what it counts. */
    private static final int VERY_MANY = 60;

    private static final int HELD_FROM = 20;

    /** Each test has topics of its own on it. */
    private static KafkaBroker broker;

    private static TokenIssuer issuer;

    @TempDir(factory = StateDirectory.class)
    private Path directory;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        issuer = TokenIssuer.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
        issuer.close();
    }

    @Test
    void reachesTheDownloadsOfEveryPartition() throws IOException, InterruptedException {
        // Given
        MatcherTopics topics = new MatcherTopics(broker, "every.", Map.of());
        int port = FreePorts.one();
        try (ChildProcess matcher = matcher(topics, "state", port).start()) {
            IntStream.range(0, 40).forEach(i -> topics.download("e" + i, "event-stream", "org:example-" + i));

            // When
            topics.publish("MAL-1", "event-stream");

            // Then
            eventually().until(() -> topics.told().size() >= 40);
            assertEquals(expected(List.of("MAL-1"), IntStream.range(0, 40)), topics.told());
            assertEquals(
                    List.of(0, 1, 2, 3, 4, 5),
                    topics.records(Topics.ADVISORY_FANOUT).stream()
                            .map(ConsumerRecord::partition)
                            .toList());
            assertEquals(
                    6,
                    topics.records(Topics.DOWNLOAD_RECORDED).stream()
                            .map(ConsumerRecord::partition)
                            .distinct()
                            .count());
            assertEquals(200, get(port, "/health/readiness"));
            assertEquals(143, matcher.terminate(LONG));
        }
    }

    /** A task that took memory as if it were alone would starve the others of the process. */
    @Test
    void sharesAFourthOfItsHeapAmongThePartitions() {
        MatcherTopics topics = new MatcherTopics(broker, "shares.", Map.of());
        try (ChildProcess matcher = matcher(topics, "state", FreePorts.one()).start()) {
            String sized = matcher.awaitLine(Pattern.compile("matcher\\.sized"), LONG);
            assertTrue(sized.contains("\"partitions\":6"), sized);
            // Of 64 MiB, but for what the JVM keeps for copies, each of the six has some 10; 256 bytes are a package's.
            int packages = Integer.parseInt(sized.replaceFirst(".*\"packagesPerTask\":(\\d+).*", "$1"));
            assertEquals(43_690, packages, 2_500, sized);
        }
    }

    @Test
    void killedInTheMiddleItTellsAllOnceItIsBack() {
        // Given a history, and a matcher that dies while it tells
        MatcherTopics topics = new MatcherTopics(broker, "killed.", Map.of());
        int audiences = 150;
        IntStream.range(0, audiences).forEach(i -> topics.download("e" + i, "package-" + i % 3, "org:example-" + i));
        IntStream.range(0, VERY_MANY).forEach(i -> topics.download("e" + i, "popular", "org:example-" + i));
        ChildProcess first = holding(topics, "state").start();
        eventually().until(() -> topics.audiencesKnownOf("popular") >= HELD_FROM);
        IntStream.range(0, 12).forEach(i -> topics.publish("MAL-first-" + i, "package-" + i % 3));
        await().atMost(LONG)
                .until(() -> !topics.records(Topics.ADVISORY_MATCHED).isEmpty());
        first.killHard();

        // When it comes back to more of both
        IntStream.range(0, 6).forEach(i -> topics.publish("MAL-second-" + i, "package-" + i % 3));
        IntStream.range(audiences, audiences + 30)
                .forEach(i -> topics.download("e" + i, "package-" + i % 3, "org:example-" + i));
        topics.publishForAllVersions("MAL-held", "popular");
        ChildProcess second = holding(topics, "state").start();

        // Then
        Map<String, Set<String>> expected = new HashMap<>();
        addExpected(expected, "MAL-first-", 12, audiences + 30);
        addExpected(expected, "MAL-second-", 6, audiences + 30);
        eventually().until(() -> topics.told().equals(expected));
        eventually().until(() -> !topics.held().isEmpty());

        // When it dies again, with an advisory that is held, and its disk is lost
        second.killHard();
        IntStream.range(0, 3).forEach(i -> topics.publish("MAL-third-" + i, "package-" + i % 3));
        try (ChildProcess _ = holding(topics, "another-state").start()) {
            // Then
            addExpected(expected, "MAL-third-", 3, audiences + 30);
            eventually().until(() -> topics.told().equals(expected));

            // When somebody releases what is held
            topics.release(topics.held().getFirst());

            // Then
            expected.putAll(expected(List.of("MAL-held"), IntStream.range(0, VERY_MANY)));
            eventually().until(() -> topics.told().equals(expected));
        }
        assertRepeatsHaveTheSameId(topics.matches());
    }

    @Test
    void anErasureReachesEveryPartitionAndWhatStoresAreRebuiltFrom() {
        // Given
        MatcherTopics topics = new MatcherTopics(broker, "erased.", Map.of());
        ChildProcess first = matcher(topics, "state", FreePorts.one()).start();
        IntStream.range(0, 40)
                .forEach(i -> topics.download(
                        "e" + i,
                        "event-stream",
                        "org:example-" + i,
                        new Principal(PrincipalType.HUMAN, "user-" + i, "Jane", "jane@example.com", null)));
        eventually().until(() -> topics.storedDownloadsThatSay("jane@example.com") == 40);

        // When
        topics.erase("jane@example.com");

        // Then
        eventually().until(() -> topics.storedDownloadsThatSay("jane@example.com") == 0);
        first.killHard();
        try (ChildProcess _ = matcher(topics, "another-state", FreePorts.one()).start()) {
            topics.publish("MAL-1", "event-stream");
            eventually().until(() -> topics.told().size() == 40);
            assertEquals(
                    Set.of("erased"),
                    topics.matches().stream()
                            .flatMap(match -> match.getDownloads().stream())
                            .map(row -> row.getPrincipal().getId())
                            .collect(Collectors.toSet()));
        }
    }

    /** Of what feeds wrote and what went to the partitions, nothing is kept for good. */
    @Test
    void anotherApplicationIdKnowsWhatWasAcceptedAndRecordedAndWhenItWasFirstReceived() throws Exception {
        // Given advisories that are in no topic any more but that of what was accepted
        MatcherTopics topics = new MatcherTopics(broker, "another.", Map.of());
        try (ChildProcess _ = matcher(topics, "state", FreePorts.one()).start()) {
            topics.publish("MAL-1", "event-stream");
            topics.publish("MAL-2", "flatmap-stream");
            eventually()
                    .until(() -> topics.accepted("MAL-1").size() == 1
                            && topics.accepted("MAL-2").size() == 1);
        }
        topics.empty(Topics.ADVISORY_PUBLISHED);
        topics.empty(Topics.ADVISORY_FANOUT);
        topics.download("e2", "flatmap-stream", "org:example-2");

        // When
        try (ChildProcess matcher = matcher(topics, "new-state", FreePorts.one())
                .env("TOCSIN_MATCHER_APPLICATION_ID", "advisory-matcher-2")
                .start()) {
            matcher.awaitLine(Pattern.compile("intake\\.remembers.*\"advisories\":[12]"), LONG);
            topics.publish(
                    "MAL-1",
                    "event-stream",
                    Instant.parse("2026-05-01T00:00:00Z"),
                    Instant.parse("2026-05-02T00:00:00Z"));
            topics.download("e1", "event-stream", "org:example-1");

            // Then
            eventually().until(() -> topics.accepted("MAL-1").size() == 2);
            assertEquals(
                    Set.of(MatcherTopics.PUBLISHED),
                    topics.accepted("MAL-1").stream()
                            .map(AdvisoryAccepted::getFirstReceivedAt)
                            .collect(Collectors.toSet()));
            eventually()
                    .until(() -> topics.told()
                            .equals(Map.of("MAL-1 org:example-1", Set.of("e1"), "MAL-2 org:example-2", Set.of("e2"))));
        }
    }

    @Test
    void refusesToRunWhereAScanCouldContinueElsewhere() {
        // Given
        MatcherTopics topics = new MatcherTopics(broker, "unequal.", Map.of(Topics.ADVISORY_SCAN, 5));

        // When
        try (ChildProcess matcher = matcher(topics, "state", FreePorts.one()).start()) {
            // Then
            String line = matcher.awaitLine(Pattern.compile("matcher\\.refuses-to-run"), LONG);
            assertTrue(line.contains("unequal.advisory.scan=5, unequal.download.recorded=6"), line);
            assertEquals(1, matcher.awaitExit(LONG));
        }
    }

    private static ConditionFactory eventually() {
        return await().atMost(LONG).pollInterval(LOOK);
    }

    private ChildProcess.Builder matcher(MatcherTopics topics, String stateDir, int port) {
        return ServiceProcess.of("matcher-" + topics.prefix(), MatcherMain.class, port, broker, issuer)
                .env("KAFKA_TOPIC_PREFIX", topics.prefix())
                .env("TOCSIN_MATCHER_STATE_DIR", directory.resolve(stateDir).toString())
                // As after a restart of the same pod: its partitions need not wait for a session to end.
                .env("KAFKA_CLIENT_GROUP_INSTANCE_ID", "matcher-0");
    }

    private ChildProcess.Builder holding(MatcherTopics topics, String stateDir) {
        return matcher(topics, stateDir, FreePorts.one()).env("TOCSIN_HOLD_AUDIENCES", Integer.toString(HELD_FROM));
    }

    private static Map<String, Set<String>> expected(List<String> ids, IntStream downloads) {
        return downloads
                .boxed()
                .flatMap(i -> ids.stream().map(id -> Map.entry(id + " org:example-" + i, Set.of("e" + i))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static void addExpected(Map<String, Set<String>> expected, String id, int advisories, int downloads) {
        for (int a = 0; a < advisories; a++) {
            int about = a % 3;
            expected.putAll(
                    expected(List.of(id + a), IntStream.range(0, downloads).filter(i -> i % 3 == about)));
        }
    }

    /** One id for each match of a scan, one for each match of one, however often it was told. */
    private static void assertRepeatsHaveTheSameId(List<AdvisoryMatched> matches) {
        Map<String, Set<String>> ids = new HashMap<>();
        for (AdvisoryMatched match : matches) {
            String what = match.getAdvisory().getAdvisoryId() + " " + match.getAudience() + " "
                    + (match.getLate() ? match.getDownloads().getFirst().getEventId() : "");
            ids.computeIfAbsent(what, _ -> new HashSet<>()).add(match.getMatchId());
        }
        assertTrue(ids.values().stream().allMatch(same -> same.size() == 1), ids::toString);
        assertEquals(
                ids.size(),
                ids.values().stream().flatMap(Set::stream).distinct().count());
    }

    private static int get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
