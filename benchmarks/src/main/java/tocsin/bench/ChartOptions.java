package tocsin.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the chart starts a service: what is measured runs as what is operated, in as much memory. */
final class ChartOptions {

    private static final Pattern MEMORY = Pattern.compile("(\\d+)([MG])i");

    private ChartOptions() {}

    /**
     * Options for a JVM that takes the machine's memory to be what a container of the chart has.
     *
     * @param values the chart's {@code values.yaml}
     * @param name of the service in it
     */
    static List<String> of(Path values, String name) {
        JsonNode service = service(values, name);
        Matcher memory = MEMORY.matcher(
                service.path("resources").path("limits").path("memory").asText());
        String options = service.path("jvmOptions").asText();
        if (!memory.matches() || options.isBlank()) {
            throw new IllegalStateException(values + " does not tell memory and options of " + name);
        }
        List<String> all = new ArrayList<>(List.of("-XX:MaxRAM=" + memory.group(1) + memory.group(2)));
        all.addAll(List.of(options.strip().split("\\s+")));
        return all;
    }

    /** What the chart says of a service in one word, such as {@code rocksdbMemory}. */
    static String value(Path values, String name, String key) {
        JsonNode value = service(values, name).path(key);
        if (!value.isValueNode()) {
            throw new IllegalStateException(values + " does not tell " + key + " of " + name);
        }
        return value.asText();
    }

    private static JsonNode service(Path values, String name) {
        try {
            return YAMLMapper.builder().build().readTree(values.toFile()).path(name);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + values, e);
        }
    }
}
