package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.yaml.snakeyaml.Yaml;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;

/** {@code deploy/access.yaml}: what each service may do on Kafka is what it does. */
class AccessTest {

    private static final List<String> SERVICES = Sources.SERVICES;
    private static final Pattern NAMED = Pattern.compile("Topics\\s*\\.([A-Z][A-Z0-9_]+)");
    private static final Pattern GROUP =
            Pattern.compile("(?:BatchLoopSettings\\.of\\(|GROUP = |ERASURE_GROUP = )\"([^\"]+)\"");

    private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/|import [^;]*;", Pattern.DOTALL);

    // What a statement that names a topic does with it, by what we and Kafka Streams call it.
    private static final Pattern READS =
            Pattern.compile("BatchLoopSettings\\.of\\(|TopicTable\\b|\\.subscribe\\(|\\.stream\\("
                    + "|\\bsource\\(|keepEverywhere\\(|READ = |AcceptedAdvisoryRepository\\(|WaitingRelay\\(");
    private static final Pattern WRITES = Pattern.compile("OutboxRecord\\(|\\bsink\\(|\\.to\\(|\\bparked\\(");
    private static final Pattern PUBLISHER = Pattern.compile("class \\w+Publisher\\b");
    /** Reads its first topic, reads and writes its retry topics, writes the last. */
    private static final Pattern ENGINE = Pattern.compile("EngineConfig\\(|Tier\\(|TIERS = ");
    /** Where a record came from, and what is only looked at. */
    private static final Pattern NEITHER =
            Pattern.compile("BadRecord\\(|origin|EQUALLY_PARTITIONED = |USED = |getOrDefault\\(|HistoryLagClient\\("
                    + "|whyNotWritable\\(|addKeyValue\\(");

    record Access(List<String> groups, List<String> reads, List<String> writes, List<String> owns) {}

    @Test
    void namesEveryServiceAndNoTopicThatIsNone() {
        // Given
        Set<String> topics = Topics.all().stream().map(Topic::name).collect(Collectors.toSet());

        // When
        Map<String, Access> file = read();

        // Then
        assertEquals(new TreeSet<>(SERVICES), file.keySet());
        file.values().forEach(access -> {
            assertTrue(topics.containsAll(access.reads()), access::toString);
            assertTrue(topics.containsAll(access.writes()), access::toString);
        });
    }

    /** No less, or it could not do its work; no more, or whoever broke into it could do more than it does. */
    @ParameterizedTest
    @FieldSource("SERVICES")
    void aServiceMayReadAndWriteWhatItsCodeReadsAndWrites(String service) throws ReflectiveOperationException {
        // Given
        Access access = Objects.requireNonNull(read().get(service));
        var reads = new TreeSet<String>();
        var writes = new TreeSet<>(Set.of(service + ".quarantine"));
        var unclear = new TreeSet<String>();

        // When
        for (String code : Sources.codeOf(service)) {
            String bare = COMMENT.matcher(code).replaceAll("");
            boolean publisher = PUBLISHER.matcher(bare).find();
            Matcher named = NAMED.matcher(bare);
            while (named.find()) {
                if (Topics.class.getField(named.group(1)).get(null) instanceof Topic topic) {
                    String statement = statement(bare, named.start());
                    if (ENGINE.matcher(statement).find()) {
                        boolean retry = topic.name().contains(".retry.");
                        boolean dead = topic.name().endsWith(".dead");
                        addIf(retry || !dead, reads, topic);
                        addIf(retry || dead, writes, topic);
                    } else if (READS.matcher(statement).find()) {
                        reads.add(topic.name());
                    } else if (publisher || WRITES.matcher(statement).find()) {
                        writes.add(topic.name());
                    } else {
                        addIf(!NEITHER.matcher(statement).find(), unclear, topic);
                    }
                }
            }
        }

        // Then
        assertEquals(Set.of(), unclear, "what of these reads, what writes?");
        assertEquals(reads, new TreeSet<>(access.reads()));
        assertEquals(writes, new TreeSet<>(access.writes()));
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void aServicesGroupsBeginAsTheFileSays(String service) {
        // Given
        Access access = Objects.requireNonNull(read().get(service));

        // When
        Set<String> groups = Sources.codeOf(service).stream()
                .flatMap(code -> GROUP.matcher(code).results())
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        // Then
        assertTrue(
                groups.stream().allMatch(group -> access.groups().stream().anyMatch(group::startsWith)),
                groups::toString);
        // Kafka Streams' is named by a setting.
        assertTrue(service.equals("advisory-matcher") || !groups.isEmpty());
    }

    /** A principal that could write what another service alone decides would be one that needs not be broken into. */
    @Test
    void onlyOneServiceWritesWhatOneServiceDecides() {
        // Given
        Map<String, Set<String>> writers = new TreeMap<>();

        // When
        read().forEach((service, access) -> access.writes()
                .forEach(topic ->
                        writers.computeIfAbsent(topic, _ -> new TreeSet<>()).add(service)));

        // Then
        writers.entrySet().removeIf(writer -> writer.getValue().size() == 1);
        // The dispatcher asks for webhooks, and the sender sends parked ones back to where they came from. Events come
        // to the dispatcher over HTTP,
        // and from the sender, which tells an owner that it disabled an endpoint.
        Set<String> both = Set.of("notification-dispatcher", "webhook-sender");
        assertEquals(Map.of(Topics.WEBHOOK_REQUESTED.name(), both, Topics.PLATFORM_EVENT.name(), both), writers);
    }

    private static void addIf(boolean condition, Set<String> topics, Topic topic) {
        if (condition) {
            topics.add(topic.name());
        }
    }

    /** What stands between the braces and semicolons around a place. */
    private static String statement(String code, int at) {
        int from = at;
        while (from > 0 && ";{}".indexOf(code.charAt(from - 1)) < 0) {
            from--;
        }
        return code.substring(from, code.indexOf(';', at))
                .replaceAll("\\s+", " ")
                .strip();
    }

    static Map<String, Access> read() {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Sources.text("deploy/access.yaml"));
        var read = new TreeMap<String, Access>();
        for (Map<String, Object> service : file.getOrDefault("services", List.of())) {
            read.put(
                    String.valueOf(service.get("name")),
                    new Access(
                            list(service, "groups"),
                            list(service, "reads"),
                            list(service, "writes"),
                            list(service, "owns")));
        }
        return read;
    }

    private static List<String> list(Map<String, Object> service, String key) {
        if (service.get(key) instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new AssertionError(service.get("name") + " has no list " + key);
    }
}
