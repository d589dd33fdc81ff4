package tocsin.matcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.matcher.topology.MatcherStreamsRelay;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.PackagePopularity;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.TokenIssuer;

/** The service as it runs: a process of its own on a broker with many partitions. */
class MatcherProcessTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Instant FETCHED = Instant.parse("2026-04-15T08:30:00Z");
    private static final Instant PUBLISHED = Instant.parse("2026-04-17T10:00:00Z");

    private static final MessageCodec<DownloadRecorded> DOWNLOAD = MessageCodec.of(DownloadRecorded.class);
    private static final MessageCodec<AdvisoryPublished> ADVISORY = MessageCodec.of(AdvisoryPublished.class);
    private static final MessageCodec<AdvisoryMatched> MATCH = MessageCodec.of(AdvisoryMatched.class);

    private static final MessageCodec<PackagePopularity> POPULARITY = MessageCodec.of(PackagePopularity.class);
    private static final MessageCodec<AdvisoryHeld> HELD = MessageCodec.of(AdvisoryHeld.class);

    /** Known as a sum over partitions, each of which tells a power of two below what it counts. */
    private static final int VERY_MANY = 60;

    private static final int HELD_FROM = 20;

    private static KafkaBroker broker;
    private static TokenIssuer issuer;

    @TempDir
    private Path directory;

    /** Set by each test, so that none sees another's topics. */
    private String prefix = "";

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
        createTopics("every.", Map.of());
        int port = FreePorts.one();
        try (ChildProcess matcher = matcher("state", port).start()) {
            IntStream.range(0, 40).forEach(i -> download("e" + i, "event-stream", "org:example-" + i));

            // When
            publish("MAL-1", "event-stream");

            // Then
            await().atMost(LONG).until(() -> told().size() >= 40);
            assertEquals(expected(List.of("MAL-1"), IntStream.range(0, 40)), told());
            assertEquals(
                    List.of(0, 1, 2, 3, 4, 5),
                    records(Topics.ADVISORY_FANOUT).stream()
                            .map(ConsumerRecord::partition)
                            .toList());
            assertEquals(
                    6,
                    records(Topics.DOWNLOAD_RECORDED).stream()
                            .map(ConsumerRecord::partition)
                            .distinct()
                            .count());
            assertEquals(200, get(port, "/health/readiness"));
            assertEquals(143, matcher.terminate(LONG));
        }
    }

    @Test
    void killedInTheMiddleItTellsAllOnceItIsBack() {
        // Given a history, and a matcher that dies while it tells
        createTopics("killed.", Map.of());
        int audiences = 150;
        IntStream.range(0, audiences).forEach(i -> download("e" + i, "package-" + i % 3, "org:example-" + i));
        IntStream.range(0, VERY_MANY).forEach(i -> download("e" + i, "popular", "org:example-" + i));
        ChildProcess first = holding("state").start();
        await().atMost(LONG).until(() -> audiencesKnownOf("popular") >= HELD_FROM);
        IntStream.range(0, 12).forEach(i -> publish("MAL-first-" + i, "package-" + i % 3));
        await().atMost(LONG).until(() -> !records(Topics.ADVISORY_MATCHED).isEmpty());
        first.killHard();

        // When it comes back to more of both
        IntStream.range(0, 6).forEach(i -> publish("MAL-second-" + i, "package-" + i % 3));
        IntStream.range(audiences, audiences + 30)
                .forEach(i -> download("e" + i, "package-" + i % 3, "org:example-" + i));
        publishForAllVersions("MAL-held", "popular");
        ChildProcess second = holding("state").start();

        // Then
        Map<String, Set<String>> expected = new HashMap<>();
        addExpected(expected, "MAL-first-", 12, audiences + 30);
        addExpected(expected, "MAL-second-", 6, audiences + 30);
        await().atMost(LONG).until(() -> told().equals(expected));
        await().atMost(LONG).until(() -> !held().isEmpty());

        // When it dies again, with an advisory that is held, and its disk is lost
        second.killHard();
        IntStream.range(0, 3).forEach(i -> publish("MAL-third-" + i, "package-" + i % 3));
        try (ChildProcess _ = holding("another-state").start()) {
            // Then
            addExpected(expected, "MAL-third-", 3, audiences + 30);
            await().atMost(LONG).until(() -> told().equals(expected));

            // When somebody releases what is held
            release(held().getFirst());

            // Then
            expected.putAll(expected(List.of("MAL-held"), IntStream.range(0, VERY_MANY)));
            await().atMost(LONG).until(() -> told().equals(expected));
        }
        assertRepeatsHaveTheSameId();
    }

    @Test
    void anErasureReachesEveryPartitionAndWhatStoresAreRebuiltFrom() {
        // Given
        createTopics("erased.", Map.of());
        ChildProcess first = matcher("state", FreePorts.one()).start();
        IntStream.range(0, 40)
                .forEach(i -> download(
                        "e" + i,
                        "event-stream",
                        "org:example-" + i,
                        new Principal(PrincipalType.HUMAN, "user-" + i, "Jane", "jane@example.com", null)));
        await().atMost(LONG).until(() -> storedDownloadsThatSay("jane@example.com") == 40);

        // When
        broker.send(
                prefix + Topics.PRIVACY_ERASURE.name(),
                "subject".getBytes(UTF_8),
                MessageCodec.of(PrivacyErasure.class)
                        .encode(PrivacyErasure.newBuilder()
                                .setErasureId("erasure-1")
                                .setRequestedAt(PUBLISHED)
                                .setEmailHash(RecordKeys.emailRecipient("jane@example.com"))
                                .build()));

        // Then
        await().atMost(LONG).until(() -> storedDownloadsThatSay("jane@example.com") == 0);
        first.killHard();
        try (ChildProcess _ = matcher("another-state", FreePorts.one()).start()) {
            publish("MAL-1", "event-stream");
            await().atMost(LONG).until(() -> told().size() == 40);
            assertEquals(
                    Set.of("erased"),
                    matches().stream()
                            .flatMap(match -> match.getDownloads().stream())
                            .map(row -> row.getPrincipal().getId())
                            .collect(Collectors.toSet()));
        }
    }

    @Test
    void anotherApplicationIdRemembersWhatWasFirstReceivedWhen() throws Exception {
        // Given an advisory that is in no topic of feeds any more
        createTopics("another.", Map.of());
        try (ChildProcess _ = matcher("state", FreePorts.one()).start()) {
            publish("MAL-1", "event-stream");
            await().atMost(LONG).until(() -> accepted("MAL-1").size() == 1);
        }
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
            admin.deleteRecords(IntStream.range(0, Topics.ADVISORY_PUBLISHED.devPartitions())
                            .boxed()
                            .collect(Collectors.toMap(
                                    i -> new TopicPartition(prefix + Topics.ADVISORY_PUBLISHED.name(), i),
                                    _ -> RecordsToDelete.beforeOffset(-1))))
                    .all()
                    .get();
        }

        // When
        try (ChildProcess matcher = matcher("new-state", FreePorts.one())
                .env("TOCSIN_MATCHER_APPLICATION_ID", "advisory-matcher-2")
                .start()) {
            matcher.awaitLine(Pattern.compile("intake\\.remembers.*\"advisories\":1"), LONG);
            publish("MAL-1", "event-stream", "2026-05-01T00:00:00Z", Instant.parse("2026-05-02T00:00:00Z"));
            download("e1", "event-stream", "org:example-1");

            // Then
            await().atMost(LONG).until(() -> accepted("MAL-1").size() == 2);
            assertEquals(
                    Set.of(PUBLISHED),
                    accepted("MAL-1").stream()
                            .map(AdvisoryAccepted::getFirstReceivedAt)
                            .collect(Collectors.toSet()));
            await().atMost(LONG).until(() -> !told().isEmpty());
        }
    }

    private List<AdvisoryAccepted> accepted(String id) {
        return records(Topics.ADVISORY_ACCEPTED).stream()
                .map(record -> MessageCodec.of(AdvisoryAccepted.class).decode(record.value()))
                .filter(advisory -> advisory.getAdvisoryId().equals(id))
                .toList();
    }

    /** In the changelog, which is what a lost store is rebuilt from. */
    private long storedDownloadsThatSay(String text) {
        Map<String, String> rows = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> change : broker.readAll(prefix + "advisory-matcher-downloads-changelog")) {
            rows.put(
                    new String(change.key(), ISO_8859_1),
                    change.value() == null ? "" : new String(change.value(), ISO_8859_1));
        }
        return rows.values().stream().filter(row -> row.contains(text)).count();
    }

    @Test
    void refusesToRunWhereAScanCouldContinueElsewhere() {
        // Given
        createTopics("unequal.", Map.of(Topics.ADVISORY_SCAN, 5));

        // When
        try (ChildProcess matcher = matcher("state", FreePorts.one()).start()) {
            // Then
            String line = matcher.awaitLine(Pattern.compile("matcher\\.refuses-to-run"), LONG);
            assertTrue(line.contains("unequal.advisory.scan=5, unequal.download.recorded=6"), line);
            assertEquals(1, matcher.awaitExit(LONG));
        }
    }

    private void createTopics(String topicPrefix, Map<Topic, Integer> otherPartitions) {
        prefix = topicPrefix;
        for (Topic topic : MatcherStreamsRelay.USED) {
            broker.createTopic(prefix + topic.name(), otherPartitions.getOrDefault(topic, topic.devPartitions()));
        }
    }

    private ChildProcess.Builder matcher(String stateDir, int port) {
        return ServiceProcess.of("matcher-" + prefix, MatcherMain.class, port, broker, issuer)
                .env("KAFKA_TOPIC_PREFIX", prefix)
                .env("TOCSIN_MATCHER_STATE_DIR", directory.resolve(stateDir).toString())
                // As after a restart of the same pod: its partitions need not wait for a session to end.
                .env("KAFKA_CLIENT_GROUP_INSTANCE_ID", "matcher-0");
    }

    private ChildProcess.Builder holding(String stateDir) {
        return matcher(stateDir, FreePorts.one()).env("TOCSIN_HOLD_AUDIENCES", Integer.toString(HELD_FROM));
    }

    /** As every instance has it: at least so many. */
    private int audiencesKnownOf(String name) {
        Map<Integer, Integer> byPartition = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> told : records(Topics.PACKAGE_POPULARITY)) {
            PackagePopularity popularity = POPULARITY.decode(told.value());
            if (popularity.getPackageName().equals(name)) {
                byPartition.put(popularity.getPartition(), popularity.getAudiences());
            }
        }
        return byPartition.values().stream().mapToInt(audiences -> audiences).sum();
    }

    private List<AdvisoryHeld> held() {
        return records(Topics.ADVISORY_HELD).stream()
                .map(record -> HELD.decode(record.value()))
                .toList();
    }

    private void release(AdvisoryHeld held) {
        AdvisoryAccepted advisory = held.getAdvisory();
        broker.send(
                prefix + Topics.ADVISORY_DECISION.name(),
                "decision".getBytes(UTF_8),
                MessageCodec.of(AdvisoryDecision.class)
                        .encode(AdvisoryDecision.newBuilder()
                                .setHoldId(held.getHoldId())
                                .setFeed(advisory.getFeed())
                                .setAdvisoryId(advisory.getAdvisoryId())
                                .setEcosystem(advisory.getEcosystem())
                                .setPackageName(advisory.getPackageName())
                                .setDecision(HoldDecision.RELEASE)
                                .setDecidedAt(PUBLISHED)
                                .setDecidedBy("admin-1")
                                .setReason("it is true")
                                .build()));
    }

    private void download(String eventId, String name, String audience) {
        download(eventId, name, audience, new Principal(PrincipalType.ORG_TOKEN, "token-1", null, null, null));
    }

    private void download(String eventId, String name, String audience, Principal principal) {
        DownloadRecorded recorded = DownloadRecorded.newBuilder()
                .setEventId(eventId)
                .setSource("proxy-1")
                .setEcosystem("npm")
                .setPackageName(name)
                .setVersion("1.0.0")
                .setFetchedAt(FETCHED)
                .setReceivedAt(FETCHED)
                .setAudience(audience)
                .setPrincipal(principal)
                .setOriginRegistry(null)
                .build();
        String key = RecordKeys.downloadRecorded(Audience.parse(audience), new PackageKey(Ecosystem.NPM, name));
        broker.send(prefix + Topics.DOWNLOAD_RECORDED.name(), key.getBytes(UTF_8), DOWNLOAD.encode(recorded));
    }

    private void publish(String id, String name) {
        publish(id, name, "2026-04-17T10:00:00Z", PUBLISHED);
    }

    private void publishForAllVersions(String id, String name) {
        publish(
                id,
                name,
                "2026-04-17T10:00:00Z",
                PUBLISHED,
                "\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]");
    }

    private void publish(String id, String name, String modified, Instant receivedAt) {
        publish(id, name, modified, receivedAt, "\"versions\": [\"1.0.0\"]");
    }

    private void publish(String id, String name, String modified, Instant receivedAt, String affected) {
        String osv = """
                {"id": "%s", "modified": "%s", "published": "2026-04-17T10:00:00Z", "affected": [
                  {"package": {"ecosystem": "npm", "name": "%s"}, %s}]}
                """.formatted(id, modified, name, affected);
        broker.send(
                prefix + Topics.ADVISORY_PUBLISHED.name(),
                id.getBytes(UTF_8),
                ADVISORY.encode(new AdvisoryPublished("osv", osv, receivedAt)));
    }

    private List<ConsumerRecord<byte[], byte[]>> records(Topic topic) {
        return broker.readAll(prefix + topic.name());
    }

    private List<AdvisoryMatched> matches() {
        return records(Topics.ADVISORY_MATCHED).stream()
                .map(record -> MATCH.decode(record.value()))
                .toList();
    }

    /** The downloads told of, by advisory and audience. */
    private Map<String, Set<String>> told() {
        Map<String, Set<String>> told = new HashMap<>();
        for (AdvisoryMatched match : matches()) {
            Set<String> events = told.computeIfAbsent(
                    match.getAdvisory().getAdvisoryId() + " " + match.getAudience(), _ -> new HashSet<>());
            match.getDownloads().forEach(download -> events.add(download.getEventId()));
        }
        return told;
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
    private void assertRepeatsHaveTheSameId() {
        Map<String, Set<String>> ids = new HashMap<>();
        for (AdvisoryMatched match : matches()) {
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
