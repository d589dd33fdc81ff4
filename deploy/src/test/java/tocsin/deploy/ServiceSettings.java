package tocsin.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which variables of the environment a service reads, found in its code and in what all services share. */
final class ServiceSettings {

    private static final Pattern PROPERTIES =
            Pattern.compile("@(ConfigurationProperties|EachProperty)\\(\"([^\"]+)\"\\)");
    /** In place of the name that one of several has. */
    private static final String ANY_NAME = "*";

    private static final Pattern RECORD = Pattern.compile("record \\w+\\(");
    private static final Pattern COMPONENT = Pattern.compile("(\\w+)\\s*$");
    private static final Pattern NAMED =
            Pattern.compile("@(?:Value\\(\"\\$\\{|Requires\\(property = \")([a-z][a-z0-9.-]+)");

    /** Read by frameworks and by the log's files, where no code of ours names them. */
    private static final Set<String> FROM_OUTSIDE = Set.of(
            "JAVA_TOOL_OPTIONS",
            "MICRONAUT_CONFIG_FILES",
            "TOCSIN_LOG",
            "TOCSIN_LOG_LEVEL",
            "MICRONAUT_SERVER_PORT",
            "MICRONAUT_SERVER_MAX_REQUEST_SIZE");

    private static final Set<String> DATA_SOURCE =
            Set.of("DATASOURCES_DEFAULT_URL", "DATASOURCES_DEFAULT_USERNAME", "DATASOURCES_DEFAULT_PASSWORD");

    private ServiceSettings() {}

    static Predicate<String> readBy(String service) {
        Set<String> names = new TreeSet<>(FROM_OUTSIDE);
        Stream.of("service-defaults", service)
                .flatMap(module -> Sources.codeOf(module).stream())
                .flatMap(code -> keys(code).stream())
                .map(ServiceSettings::variable)
                .forEach(names::add);
        if (Sources.path(service)
                .resolve("src/main/resources/db/migration")
                .toFile()
                .isDirectory()) {
            names.addAll(DATA_SOURCE);
        }
        Predicate<String> named = Pattern.compile(String.join("|", names).replace(ANY_NAME, "[A-Z0-9]+"))
                .asMatchPredicate();
        return name -> named.test(name) || name.startsWith("KAFKA_CLIENT_");
    }

    static String variable(String key) {
        return key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static List<String> keys(String code) {
        var keys = new ArrayList<String>();
        Matcher properties = PROPERTIES.matcher(code);
        while (properties.find()) {
            Matcher declared = RECORD.matcher(code);
            if (!declared.find(properties.end())) {
                throw new AssertionError("no record of " + properties.group(2));
            }
            String prefix = properties.group(2) + (properties.group(1).equals("EachProperty") ? "." + ANY_NAME : "");
            for (String component : components(code, declared.end())) {
                keys.add(prefix + "." + kebab(component));
            }
        }
        Matcher named = NAMED.matcher(code);
        while (named.find()) {
            keys.add(named.group(1));
        }
        return keys;
    }

    /** Names of what stands between a record's brackets, whatever annotations and types say before them. */
    private static List<String> components(String code, int from) {
        var names = new ArrayList<String>();
        int depth = 0;
        boolean quoted = false;
        int begin = from;
        for (int i = from; ; i++) {
            char c = code.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '(' || c == '<')) {
                depth++;
            } else if (!quoted && depth > 0 && (c == ')' || c == '>')) {
                depth--;
            } else if (!quoted && depth == 0 && (c == ',' || c == ')')) {
                Matcher name = COMPONENT.matcher(code.substring(begin, i));
                if (name.find()) {
                    names.add(name.group(1));
                }
                begin = i + 1;
                if (c == ')') {
                    return names;
                }
            }
        }
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
