package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What Streams creates by itself is state, and operations must know its names: {@code deploy/topics.yaml} lists them. */
class StreamsTopicsFileTest {

    private static final String APPLICATION_ID = "advisory-matcher-";

    @Test
    void theFileListsWhatTheTopologyMakesStreamsCreate() throws IOException {
        // Given
        Map<String, List<Map<String, String>>> file =
                new Yaml().load(Files.readString(Path.of("../deploy/topics.yaml")));

        // When
        TreeSet<String> created = new TreeSet<>();
        try (MatchPipe pipe = new MatchPipe()) {
            all("stores: \\[([^\\]]+)\\]", pipe.describe())
                    .flatMap(stores -> Arrays.stream(stores.split(", ")))
                    // Their own topics are all that they need.
                    .filter(store -> !List.of(MatchTopology.POPULARITY, MatchTopology.STATUS)
                            .contains(store))
                    .forEach(store -> created.add(APPLICATION_ID + store + "-changelog"));
            all("topic: (\\S+-repartition)", pipe.describe()).forEach(topic -> created.add(APPLICATION_ID + topic));
        }

        // Then
        assertEquals(
                List.copyOf(created),
                file.getOrDefault("streams", List.of()).stream()
                        .map(topic -> topic.get("name"))
                        .toList());
    }

    private static Stream<String> all(String regex, String text) {
        return Pattern.compile(regex).matcher(text).results().map((MatchResult result) -> result.group(1));
    }
}
