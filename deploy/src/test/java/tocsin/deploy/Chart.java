package tocsin.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The chart, rendered by Helm itself as a release named {@code alarm}. */
final class Chart {

    static final Path FOLDER = Sources.path("deploy/helm/tocsin");
    static final String EXAMPLES = "deploy/helm/examples";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** By example. */
    private static final Map<String, String> RENDERED = new ConcurrentHashMap<>();

    /** A chart must be whole when it is packed, so it has copies of what operations have. */
    static final List<String> COPIES = List.of("topics.yaml", "access.yaml");

    static {
        if (Golden.RENEW) {
            COPIES.forEach(file -> Golden.write(FOLDER.resolve("files").resolve(file), Sources.text("deploy/" + file)));
        }
    }

    private Chart() {}

    /** @throws IllegalStateException as Helm complains, where it refuses the values */
    static String render(Path... values) {
        return renderAs("alarm", values);
    }

    static String renderAs(String release, Path... values) {
        var command = new Helm(FOLDER)
                .template()
                .withName(release)
                .withNamespace("tocsin")
                // Helm's own default changes with its version.
                .withKubeVersion("1.34.0");
        for (Path file : values) {
            command = command.withValuesFile(file);
        }
        return command.call();
    }

    static String render(String example) {
        return RENDERED.computeIfAbsent(example, Chart::renderAnew);
    }

    private static String renderAnew(String example) {
        return render(Sources.path(EXAMPLES).resolve(example + ".yaml"));
    }

    /** Each object of a rendered chart; a key that stands twice is refused. */
    static List<JsonNode> objects(String rendered) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var objects = new ArrayList<JsonNode>();
        for (Object document : new Yaml(new SafeConstructor(options)).loadAll(rendered)) {
            if (document != null) {
                objects.add(JSON.valueToTree(document));
            }
        }
        return objects;
    }

    static List<JsonNode> objects(String rendered, String kind) {
        return objects(rendered).stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
    }

    /** The one of this kind and name. */
    static JsonNode object(String rendered, String kind, String name) {
        List<JsonNode> found = objects(rendered, kind).stream()
                .filter(object -> nameOf(object).equals(name))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects " + kind + " " + name);
        }
        return found.getFirst();
    }

    static String nameOf(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    /** Deployments and StatefulSets. */
    static List<JsonNode> workloads(String rendered) {
        return objects(rendered).stream()
                .filter(object -> object.path("apiVersion").asText().equals("apps/v1"))
                .toList();
    }

    static JsonNode container(JsonNode workload) {
        return workload.at("/spec/template/spec/containers/0");
    }

    /** Names of variables and their values; of those that come from elsewhere, from where. */
    static Map<String, String> environment(JsonNode workload) {
        var environment = new TreeMap<String, String>();
        for (JsonNode variable : container(workload).path("env")) {
            String name = variable.path("name").asText();
            String value = variable.has("value")
                    ? variable.path("value").asText()
                    : variable.path("valueFrom").toString();
            if (environment.put(name, value) != null) {
                throw new AssertionError(name + " is set twice");
            }
        }
        return environment;
    }
}
