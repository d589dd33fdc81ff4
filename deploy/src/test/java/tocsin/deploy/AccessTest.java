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

    @ParameterizedTest
    @FieldSource("SERVICES")
    void aServiceMayUseWhatItsCodeNames(String service) throws ReflectiveOperationException {
        // Given
        Access access = Objects.requireNonNull(read().get(service));
        Set<String> allowed = new TreeSet<>(access.reads());
        allowed.addAll(access.writes());

        // When
        Set<String> named = new TreeSet<>();
        Set<String> groups = new TreeSet<>();
        for (String code : Sources.codeOf(service)) {
            Matcher topic = NAMED.matcher(code);
            while (topic.find()) {
                if (Topics.class.getField(topic.group(1)).get(null) instanceof Topic found) {
                    named.add(found.name());
                }
            }
            Matcher group = GROUP.matcher(code);
            while (group.find()) {
                groups.add(group.group(1));
            }
        }

        // Then
        assertTrue(!named.isEmpty());
        named.removeAll(allowed);
        assertEquals(Set.of(), named);
        assertTrue(
                groups.stream().allMatch(group -> access.groups().stream().anyMatch(group::startsWith)),
                groups::toString);
        assertTrue(access.writes().contains(service + ".quarantine"));
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
