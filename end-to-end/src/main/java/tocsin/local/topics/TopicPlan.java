package tocsin.local.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tocsin.local.topics.TopicStep.AddPartitions;
import tocsin.local.topics.TopicStep.Configure;
import tocsin.local.topics.TopicStep.Create;
import tocsin.local.topics.TopicStep.Leave;
import tocsin.local.topics.TopicStep.Refuse;

/** What lies between the topics that are there and those that the file asks for, in the order of the file. */
record TopicPlan(List<TopicStep> steps) {

    private static final String CLEANUP = "cleanup.policy";
    private static final String MIN_INSYNC = "min.insync.replicas";
    private static final String RETENTION = "retention.ms";

    TopicPlan {
        steps = List.copyOf(steps);
    }

    /** @param replicas of topics that are created; those that are there keep theirs */
    static TopicPlan of(List<WantedTopic> wanted, Map<String, FoundTopic> found, int replicas, Consent consent) {
        List<TopicStep> steps = new ArrayList<>();
        for (WantedTopic topic : wanted) {
            FoundTopic there = found.get(topic.name());
            if (there == null) {
                steps.add(new Create(topic, replicas));
            } else {
                Stream.of(
                                partitions(topic, there, consent).stream(),
                                settings(topic, there, consent),
                                replicas(topic, there, replicas))
                        .flatMap(each -> each)
                        .forEach(steps::add);
            }
        }
        return new TopicPlan(steps);
    }

    List<Refuse> refused() {
        return steps.stream()
                .filter(Refuse.class::isInstance)
                .map(Refuse.class::cast)
                .toList();
    }

    /** What {@code apply} would do. */
    List<TopicStep> changes() {
        return steps.stream()
                .filter(step -> switch (step) {
                    case Create _, Configure _, AddPartitions _ -> true;
                    case Leave _, Refuse _ -> false;
                })
                .toList();
    }

    private static List<TopicStep> partitions(WantedTopic wanted, FoundTopic found, Consent consent) {
        if (wanted.partitions() == found.partitions()) {
            return List.of();
        }
        String difference = "has " + found.partitions() + " partitions, the file says " + wanted.partitions() + ": ";
        return List.of(
                switch (wanted.layout()) {
                    case STATE ->
                        new Refuse(
                                wanted.name(),
                                difference + "the matcher's state is laid out by them; say " + found.partitions()
                                        + " in the file, or rebuild the matcher");
                    case BY_KEY ->
                        new Refuse(
                                wanted.name(),
                                difference + "what is known of a key would stay in its old partition; say "
                                        + found.partitions() + " in the file");
                    case FREE -> {
                        if (wanted.partitions() < found.partitions()) {
                            yield new Leave(wanted.name(), difference + "partitions cannot be taken away");
                        }
                        yield consent.growing()
                                ? new AddPartitions(wanted.name(), found.partitions(), wanted.partitions())
                                : new Leave(wanted.name(), difference + "--add-partitions adds them");
                    }
                });
    }

    private static Stream<TopicStep> settings(WantedTopic wanted, FoundTopic found, Consent consent) {
        return new TreeMap<>(wanted.config())
                .entrySet().stream()
                        .filter(setting ->
                                !setting.getValue().equals(found.config().get(setting.getKey())))
                        .map(setting -> setting.getKey().equals(MIN_INSYNC)
                                ? minInsync(wanted.name(), found, Integer.parseInt(setting.getValue()), consent)
                                : setting(
                                        wanted.name(),
                                        setting.getKey(),
                                        found.config().getOrDefault(setting.getKey(), ""),
                                        setting.getValue(),
                                        consent));
    }

    /**
     * With fewer than before an acknowledged record may lie on one broker alone; with as many as there are replicas nothing can be written while one of
     * them restarts. Neither is done because a broker happens to be away, or an option of the first time is forgotten.
     */
    private static TopicStep minInsync(String topic, FoundTopic found, int wanted, Consent consent) {
        String now = found.config().getOrDefault(MIN_INSYNC, "");
        if (consent.minInsync() && wanted > found.replicas()) {
            return new Refuse(
                    topic,
                    MIN_INSYNC + " " + wanted + " of " + found.replicas() + " replica(s) could never be written");
        }
        boolean safer = now.isEmpty() || wanted > Integer.parseInt(now);
        boolean writable = wanted < found.replicas() || wanted == 1;
        return consent.minInsync() || (safer && writable)
                ? new Configure(topic, MIN_INSYNC, now, Integer.toString(wanted))
                : new Leave(
                        topic,
                        MIN_INSYNC + " stays " + now + " of " + found.replicas()
                                + " replica(s): --min-insync changes it");
    }

    private static TopicStep setting(String topic, String setting, String found, String wanted, Consent consent) {
        if (deletes(setting, found, wanted) && !consent.deleting()) {
            return new Refuse(
                    topic,
                    setting + " is " + found + ", the file says " + wanted
                            + ": records that are kept now would be deleted; --may-delete agrees to it");
        }
        return new Configure(topic, setting, found, wanted);
    }

    /** Whether records that lie there now may go by the change. */
    private static boolean deletes(String setting, String found, String wanted) {
        return switch (setting) {
            case CLEANUP -> !found.isEmpty() && !List.of(found.split(",")).contains(wanted);
            case RETENTION -> kept(wanted) < kept(found);
            default -> false;
        };
    }

    /** Kafka keeps for ever what it keeps -1 ms. */
    private static long kept(String milliseconds) {
        long kept = milliseconds.isEmpty() ? 0 : Long.parseLong(milliseconds);
        return kept < 0 ? Long.MAX_VALUE : kept;
    }

    private static Stream<TopicStep> replicas(WantedTopic wanted, FoundTopic found, int replicas) {
        return found.replicas() == replicas
                ? Stream.empty()
                : Stream.of(new Leave(
                        wanted.name(),
                        "has " + found.replicas() + " replicas, new topics get " + replicas
                                + ": Kafka's own kafka-reassign-partitions moves them"));
    }
}
