package tocsin.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What lies in {@code deploy/grafana}. */
final class Dashboards {

    static final String FOLDER = "deploy/grafana";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Dashboards() {}

    static List<Path> files() {
        return Sources.path(FOLDER).toFile().isDirectory() ? Sources.in(FOLDER, ".json") : List.of();
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(Sources.text(file));
        } catch (JsonProcessingException e) {
            throw new AssertionError(file + " is no JSON", e);
        }
    }

    static Set<String> metrics() {
        var metrics = new TreeSet<String>();
        for (Path file : files()) {
            read(file).findValuesAsText("expr").forEach(expression -> metrics.addAll(PromQl.metrics(expression)));
        }
        return metrics;
    }
}
