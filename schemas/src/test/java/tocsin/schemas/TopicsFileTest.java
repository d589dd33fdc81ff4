package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** {@code deploy/topics.yaml} is what operations read and apply; it must say what the code says. */
class TopicsFileTest {

    @Test
    void theFileListsTheTopicsOfTheCode() throws IOException {
        // Given
        Map<String, Object> file = new Yaml().load(Files.readString(Path.of("../deploy/topics.yaml")));

        // When
        List<Map<String, Object>> topics =
                Topics.all().stream().map(TopicsFileTest::asWritten).toList();

        // Then
        assertEquals(topics, file.get("topics"));
    }

    @Test
    void noTopicIsListedTwice() {
        List<String> names = Topics.all().stream().map(Topic::name).toList();

        assertEquals(names.size(), new HashSet<>(names).size());
    }

    private static Map<String, Object> asWritten(Topic topic) {
        return Map.of(
                "name", topic.name(),
                "key", topic.key(),
                "partitions", Map.of("dev", topic.devPartitions(), "prod", topic.prodPartitions()),
                "config", topic.config());
    }
}
