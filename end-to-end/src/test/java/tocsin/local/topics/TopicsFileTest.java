package tocsin.local.topics;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.local.running.Complaint;
import tocsin.local.topics.WantedTopic.Layout;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;

class TopicsFileTest {

    private final String file;

    TopicsFileTest() throws IOException {
        file = Files.readString(Path.of("../deploy/topics.yaml"));
    }

    @Test
    void asksForEveryTopicAsTheCodeNeedsIt() {
        // When
        Map<String, WantedTopic> wanted = read(file, "prod", "");

        // Then
        for (Topic topic : Topics.all()) {
            WantedTopic asked = requireNonNull(wanted.get(topic.name()));
            assertEquals(topic.prodPartitions(), asked.partitions(), topic.name());
            assertTrue(asked.config().entrySet().containsAll(topic.config().entrySet()), topic.name());
            assertEquals("2", asked.config().get("min.insync.replicas"), topic.name());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "download.recorded,                              STATE",
        "advisory.scan,                                  STATE",
        "privacy.erasure.sweep,                          STATE",
        "advisory.published,                             STATE",
        "advisory.decision,                              STATE",
        "advisory.held,                                  STATE",
        "advisory-matcher-downloads-changelog,           STATE",
        "advisory-matcher-advisory-intake-repartition,   STATE",
        "token.registered,                               BY_KEY",
        "advisory.accepted,                              BY_KEY",
        "advisory.matched,                               FREE",
        "download.observed,                              FREE",
    })
    void knowsWhatIsLaidOutByPartitions(String topic, Layout layout) {
        assertEquals(layout, requireNonNull(read(file, "dev", "").get(topic)).layout());
    }

    @Test
    void givesStreamsItsTopicsAsItWouldMakeThem() {
        // When
        Map<String, WantedTopic> wanted = read(file, "dev", "shared.");

        // Then
        assertEquals(
                new WantedTopic(
                        "shared.advisory-matcher-advisory-intake-repartition",
                        3,
                        Layout.STATE,
                        Map.of(
                                "cleanup.policy",
                                "delete",
                                "message.timestamp.type",
                                "CreateTime",
                                "min.insync.replicas",
                                "2",
                                "retention.ms",
                                "-1")),
                wanted.get("shared.advisory-matcher-advisory-intake-repartition"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name: download.recorded | name: download.forgotten | the file lacks download.recorded
            dev: 6, prod: 128       | dev: 6, prod: many       | not a file of topics: download.recorded's partitions for prod is no number
            topics:                 | 'topics: ['              | not a file of topics: while parsing a flow node
            as: download.recorded   | as: nothing              | is as a topic that the file does not have
            """)
    void saysWhatIsWrongWithAFile(String right, String wrong, String complaint) {
        String broken = file.replaceFirst(right, wrong);

        Complaint said = assertThrows(Complaint.class, () -> read(broken, "prod", ""));

        assertTrue(complaint(said).contains(complaint), said.getMessage());
    }

    @Test
    void refusesInputsOfTheMatcherThatDiffer() {
        String broken =
                file.replaceFirst("(advisory.scan\\s+key: [^\\n]+\\s+partitions: \\{dev: 6, prod: )128", "$164");

        Complaint said = assertThrows(Complaint.class, () -> read(broken, "prod", ""));

        assertEquals(
                "the matcher needs equal partition counts of advisory.fanout, advisory.scan, download.recorded, privacy.erasure.sweep",
                said.getMessage());
        assertEquals(
                6, requireNonNull(read(broken, "dev", "").get("advisory.scan")).partitions());
    }

    @ParameterizedTest
    @CsvSource({"advisory.held, 7", "advisory.decision, 12"})
    void refusesWhatTheMatcherTakesInBesideItsFeedsWhereThatIsWider(String topic, String partitions) {
        String broken = file.replaceFirst(
                "(name: " + topic + "\\s+key: [^\\n]+\\s+partitions: \\{dev: 3, prod: )6", "$1" + partitions);

        Complaint said = assertThrows(Complaint.class, () -> read(broken, "prod", ""));

        assertEquals(
                "the matcher needs no more partitions of " + topic + " than of advisory.published", said.getMessage());
    }

    @Test
    void refusesAProfileThatTheFileDoesNotHave() {
        Complaint said = assertThrows(Complaint.class, () -> read(file, "huge", ""));

        assertTrue(complaint(said).endsWith("'s partitions for huge is no number"), said.getMessage());
    }

    @Test
    void readsNoObjectsOutOfYaml() {
        String hostile = "topics: !!javax.script.ScriptEngineManager []\n";

        assertThrows(Complaint.class, () -> read(hostile, "prod", ""));
    }

    private static String complaint(Complaint said) {
        return requireNonNull(said.getMessage());
    }

    private static Map<String, WantedTopic> read(String text, String profile, String prefix) {
        List<WantedTopic> wanted = TopicsFile.read(text, profile, prefix, 2);
        return wanted.stream().collect(Collectors.toMap(WantedTopic::name, Function.identity()));
    }
}
