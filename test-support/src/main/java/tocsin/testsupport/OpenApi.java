package tocsin.testsupport;

import io.micronaut.context.BeanContext;
import io.micronaut.core.beans.BeanIntrospection;
import io.micronaut.core.beans.BeanIntrospector;
import io.micronaut.core.beans.BeanProperty;
import io.micronaut.core.naming.NameUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether the description that was built of a service (OpenAPI as YAML, laid out as the build does it) tells of the routes that its router has, and
 * of nothing else, and whether it holds together: references that lead somewhere, answers, variables, ids of its own for each operation, no member of an
 * answer called required that may be absent, and no JSON that is said to be a text. What it says of the bodies of requests is asked by {@link RequestBodies}.
 */
public final class OpenApi {

    private static final Set<String> OF_EVERY_SERVICE = Set.of("/health", "/health/{selector}", "/metrics");
    private static final Pattern PATH = Pattern.compile("  (/\\S*):");
    private static final Pattern METHOD = Pattern.compile("    (get|put|post|delete|patch):");
    private static final Pattern OPERATION_ID = Pattern.compile("      operationId: (\\S+)");
    private static final Pattern PARAMETER = Pattern.compile("      - name: (\\S+)");
    private static final Pattern NEEDED_QUERY =
            Pattern.compile("in: query\n(?:        [ dr].*\n)*?        required: true");
    private static final Pattern SCHEMA = Pattern.compile("    (\\S+):");
    private static final Pattern MEMBER = Pattern.compile("      - (\\S+)");
    private static final Pattern JSON_AS_TEXT =
            Pattern.compile("application/json:\n +schema:\n +type: string\n(?! +format: binary)");
    private static final Pattern REFERENCE = Pattern.compile("\\$ref: \"#/components/schemas/([^\"]+)\"");

    private final SortedSet<Route> described = new TreeSet<>();
    private final List<String> findings = new ArrayList<>();
    private final Set<String> operationIds = new HashSet<>();
    /** What each calls required. */
    private final Map<String, Set<String>> schemas = new TreeMap<>();

    private final Set<String> references = new HashSet<>();
    /** What each schema refers to. */
    private final Map<String, Set<String>> parts = new HashMap<>();

    private final Set<String> answers = new HashSet<>();

    private OpenApi() {}

    /** @return what is wrong, a line each; empty if nothing is */
    public static List<String> findings(BeanContext context, String yaml) {
        OpenApi document = new OpenApi();
        document.read(yaml.lines().toList());
        SortedSet<Route> routes = new TreeSet<>(RunningRoutes.of(context));
        routes.removeIf(route -> OF_EVERY_SERVICE.contains(route.path()));
        routes.stream()
                .filter(route -> !document.described.contains(route))
                .forEach(route -> document.findings.add(route + ": not described"));
        document.described.stream()
                .filter(route -> !routes.contains(route))
                .forEach(route -> document.findings.add(route + ": described, and there is no such route"));
        document.references.stream()
                .filter(schema -> !document.schemas.containsKey(schema))
                .forEach(schema -> document.findings.add(schema + ": referred to, and not there"));
        document.compareWithTypes();
        return List.copyOf(document.findings);
    }

    private void read(List<String> lines) {
        if (!lines.contains("openapi: 3.0.1")) {
            findings.add("no OpenAPI 3.0.1");
        }
        int ofSchemas = lines.indexOf("  schemas:");
        for (int i = ofSchemas < 0 ? lines.size() : ofSchemas; i < lines.size(); i++) {
            Matcher schema = SCHEMA.matcher(lines.get(i));
            if (schema.matches()) {
                List<String> body = body(lines, i + 1);
                schemas.put(schema.group(1), required(body));
                parts.put(schema.group(1), references(body));
            }
        }
        String path = "";
        int paths = lines.indexOf("paths:");
        int components = lines.indexOf("components:");
        for (int i = Math.max(paths, 0); i < components; i++) {
            Matcher ofPath = PATH.matcher(lines.get(i));
            Matcher ofMethod = METHOD.matcher(lines.get(i));
            if (ofPath.matches()) {
                path = ofPath.group(1);
            } else if (ofMethod.matches()) {
                operation(new Route(ofMethod.group(1).toUpperCase(Locale.ROOT), path), body(lines, i + 1));
            }
        }
        references.addAll(references(lines));
    }

    private static Set<String> references(List<String> lines) {
        return lines.stream()
                .flatMap(line -> REFERENCE.matcher(line).results())
                .map(it -> it.group(1))
                .collect(Collectors.toSet());
    }

    private static Set<String> required(List<String> schema) {
        return schema.isEmpty() || !schema.getFirst().equals("      required:")
                ? Set.of()
                : schema.stream()
                        .skip(1)
                        .map(MEMBER::matcher)
                        .takeWhile(Matcher::matches)
                        .map(it -> it.group(1))
                        .collect(Collectors.toSet());
    }

    /** A schema bears the name of its type, without the package. */
    private void compareWithTypes() {
        Map<String, BeanIntrospection<?>> types = new HashMap<>();
        for (BeanIntrospection<?> type :
                BeanIntrospector.SHARED.findIntrospections(it -> it.getName().startsWith("tocsin."))) {
            Class<?> of = type.getBeanType();
            types.put(of.getName().substring(of.getPackageName().length() + 1).replace('$', '.'), type);
        }
        schemas.forEach((schema, required) -> {
            BeanIntrospection<?> type = types.get(schema);
            if (type == null) {
                findings.add(schema + ": there is no such type");
                return;
            }
            // What a request must not leave out may be absent from the type: who asks is told after it is known who he
            // is.
            if (!answers.contains(schema)) {
                return;
            }
            for (BeanProperty<?, ?> member : type.getBeanProperties()) {
                boolean mayBeAbsent = member.isNullable() || member.asArgument().isOptional();
                if (mayBeAbsent
                        && required.contains(
                                NameUtils.underscoreSeparate(member.getName()).toLowerCase(Locale.ROOT))) {
                    findings.add(schema + ": calls " + member.getName() + " required, which may be absent");
                }
            }
        });
    }

    private void reachAnswers(String schema) {
        if (answers.add(schema)) {
            parts.getOrDefault(schema, Set.of()).forEach(this::reachAnswers);
        }
    }

    private static List<String> body(List<String> lines, int from) {
        int end = from;
        while (end < lines.size() && lines.get(end).startsWith("      ")) {
            end++;
        }
        return lines.subList(from, end);
    }

    private void operation(Route route, List<String> body) {
        if (!described.add(route)) {
            findings.add(route + ": described twice");
        }
        List<String> ids = all(OPERATION_ID, body);
        if (ids.size() != 1 || !operationIds.addAll(ids)) {
            findings.add(route + ": has no operationId of its own");
        }
        references(body.subList(Math.max(body.indexOf("      responses:"), 0), body.size()))
                .forEach(this::reachAnswers);
        if (body.stream().noneMatch(line -> line.matches("        \"[2-5][0-9]{2}\":"))) {
            findings.add(route + ": has no answer");
        }
        if (JSON_AS_TEXT.matcher(String.join("\n", body)).find()) {
            findings.add(route + ": calls JSON a text");
        }
        List<String> summaries =
                body.stream().filter(line -> line.startsWith("      summary: ")).toList();
        if (summaries.isEmpty()) {
            findings.add(route + ": says not what it is for");
        }
        // A summary ends at the first full stop, also at one within a tag.
        if (summaries.stream().anyMatch(line -> line.contains("@"))) {
            findings.add(route + ": says only half of what it is for");
        }
        // Filters, cursors and limits: whoever leaves one out asks for less, and no route needs one.
        if (NEEDED_QUERY.matcher(String.join("\n", body)).find()) {
            findings.add(route + ": calls a query parameter required");
        }
        Set<String> parameters = new HashSet<>(all(PARAMETER, body));
        route.variables().stream()
                .filter(variable -> !parameters.contains(variable))
                .forEach(variable -> findings.add(route + ": says nothing of " + variable));
    }

    private static List<String> all(Pattern pattern, List<String> lines) {
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(it -> it.group(1))
                .toList();
    }
}
