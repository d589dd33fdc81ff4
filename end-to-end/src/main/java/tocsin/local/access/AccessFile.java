package tocsin.local.access;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tocsin.local.running.Complaint;

/** Reads {@code deploy/access.yaml}. */
final class AccessFile {

    private AccessFile() {}

    /** @throws Complaint if the text is not such a file */
    static List<ServiceAccess> read(String text) {
        try {
            Object file = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
            return list(file instanceof Map<?, ?> map ? map.get("services") : null, "services").stream()
                    .map(AccessFile::service)
                    .toList();
        } catch (YAMLException | IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new Complaint("not a file of access: " + reason, e);
        }
    }

    private static ServiceAccess service(Object each) {
        if (!(each instanceof Map<?, ?> service) || !(service.get("name") instanceof String name)) {
            throw new IllegalArgumentException("a service has no name");
        }
        return new ServiceAccess(
                name,
                names(service, "groups"),
                names(service, "reads"),
                names(service, "writes"),
                names(service, "owns"));
    }

    private static List<String> names(Map<?, ?> service, String key) {
        return list(service.get(key), key).stream()
                .map(name -> {
                    // An empty beginning of a name would be every name.
                    if (!(name instanceof String text) || text.isBlank()) {
                        throw new IllegalArgumentException(service.get("name") + " has an empty name in " + key);
                    }
                    return text;
                })
                .toList();
    }

    private static List<?> list(@Nullable Object value, String what) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("there is no list of " + what);
    }
}
