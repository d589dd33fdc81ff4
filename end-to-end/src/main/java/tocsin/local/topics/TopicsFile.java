package tocsin.local.topics;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tocsin.local.running.Complaint;
import tocsin.local.topics.WantedTopic.Layout;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;

/** Reads {@code deploy/topics.yaml}, or an operator's own copy of it with other numbers. */
final class TopicsFile {

    /** Where the matcher's tasks lie: their counts are one count, and nobody can change it under a running matcher. */
    private static final Set<String> MATCHER_INPUTS = Set.of(
            Topics.DOWNLOAD_RECORDED.name(),
            Topics.ADVISORY_FANOUT.name(),
            Topics.ADVISORY_SCAN.name(),
            Topics.PRIVACY_ERASURE_SWEEP.name());

    /**
     * What the matcher takes in, in one topic of its own: Streams gives that as many partitions as the largest of these has, and stops at one that has
     * others. So the first says how many, the others have no more, and none of them may change.
     */
    private static final String INTAKE = Topics.ADVISORY_PUBLISHED.name();

    private static final Set<String> BESIDE_INTAKE =
            Set.of(Topics.ADVISORY_DECISION.name(), Topics.ADVISORY_HELD.name());

    private TopicsFile() {}

    /**
     * @param profile the column of partition counts, such as {@code dev} or {@code prod}
     * @param prefix stands before every name
     * @param minInsync acknowledgements that a write waits for
     * @throws Complaint if the text is not such a file, lacks a topic of ours, or gives the matcher's inputs counts that it could not run with
     */
    static List<WantedTopic> read(String text, String profile, String prefix, int minInsync) {
        Map<String, WantedTopic> wanted = new HashMap<>();
        List<WantedTopic> inOrder = new ArrayList<>();
        try {
            Map<?, ?> file = map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text), "the file");
            for (Object each : list(file.get("topics"), "topics")) {
                Map<?, ?> topic = map(each, "a topic");
                WantedTopic read = topic(topic, profile, prefix, minInsync);
                inOrder.add(read);
                wanted.put(text(topic.get("name"), "name"), read);
            }
            check(wanted);
            for (Object each : list(file.get("streams"), "streams")) {
                inOrder.add(internal(map(each, "a topic of Streams"), wanted, prefix, minInsync));
            }
        } catch (YAMLException | IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new Complaint("not a file of topics: " + reason, e);
        }
        return List.copyOf(inOrder);
    }

    private static void check(Map<String, WantedTopic> wanted) {
        List<String> missing = Topics.all().stream()
                .map(Topic::name)
                .filter(name -> !wanted.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new Complaint("the file lacks " + String.join(", ", missing));
        }
        long counts = wanted.entrySet().stream()
                .filter(topic -> MATCHER_INPUTS.contains(topic.getKey()))
                .map(topic -> topic.getValue().partitions())
                .distinct()
                .count();
        if (counts > 1) {
            throw new Complaint("the matcher needs equal partition counts of "
                    + String.join(", ", MATCHER_INPUTS.stream().sorted().toList()));
        }
        int intake = requireNonNull(wanted.get(INTAKE)).partitions();
        wanted.entrySet().stream()
                .filter(topic -> BESIDE_INTAKE.contains(topic.getKey())
                        && topic.getValue().partitions() > intake)
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder())
                .ifPresent(topic -> {
                    throw new Complaint("the matcher needs no more partitions of " + topic + " than of " + INTAKE);
                });
    }

    private static WantedTopic topic(Map<?, ?> topic, String profile, String prefix, int minInsync) {
        String name = text(topic.get("name"), "name");
        Map<String, String> config = new HashMap<>();
        map(topic.get("config"), name + "'s config")
                .forEach((key, value) -> config.put(String.valueOf(key), String.valueOf(value)));
        boolean compacted = "compact".equals(config.get("cleanup.policy"));
        boolean state = MATCHER_INPUTS.contains(name) || BESIDE_INTAKE.contains(name) || name.equals(INTAKE);
        Layout layout = state ? Layout.STATE : compacted ? Layout.BY_KEY : Layout.FREE;
        Object partitions = map(topic.get("partitions"), name + "'s partitions").get(profile);
        return wanted(
                prefix + name, number(partitions, name + "'s partitions for " + profile), layout, config, minInsync);
    }

    /** What Streams would create by itself, and as it would: where it may create nothing, it takes what is there. */
    private static WantedTopic internal(
            Map<?, ?> topic, Map<String, WantedTopic> wanted, String prefix, int minInsync) {
        String name = text(topic.get("name"), "name");
        WantedTopic as = wanted.get(text(topic.get("as"), name + "'s as"));
        if (as == null) {
            throw new IllegalArgumentException(name + " is as a topic that the file does not have");
        }
        String cleanup = text(topic.get("cleanup.policy"), name + "'s cleanup.policy");
        Map<String, String> config = new HashMap<>();
        config.put("cleanup.policy", cleanup);
        config.put("message.timestamp.type", "CreateTime");
        if (cleanup.equals("delete")) {
            // Streams deletes what it has read; age must not.
            config.put("retention.ms", "-1");
        }
        return wanted(prefix + name, as.partitions(), Layout.STATE, config, minInsync);
    }

    private static WantedTopic wanted(
            String name, int partitions, Layout layout, Map<String, String> config, int minInsync) {
        config.put("min.insync.replicas", Integer.toString(minInsync));
        return new WantedTopic(name, partitions, layout, config);
    }

    private static Map<?, ?> map(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(what + " is no map");
    }

    private static List<?> list(@Nullable Object value, String what) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException(what + " is no list");
    }

    private static String text(@Nullable Object value, String what) {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new IllegalArgumentException(what + " is no text");
    }

    private static int number(@Nullable Object value, String what) {
        if (value instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException(what + " is no number");
    }
}
