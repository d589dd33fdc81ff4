package tocsin.testsupport;

import io.micronaut.context.BeanContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the description that was built of a service (OpenAPI as YAML, laid out as the build does it) tells of the routes that its router has, and
 * of nothing else, and whether it holds together: references that lead somewhere, answers, variables, ids of its own for each operation.
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
    private static final Pattern REFERENCE = Pattern.compile("\\$ref: \"#/components/schemas/([^\"]+)\"");

    private final SortedSet<Route> described = new TreeSet<>();
    private final List<String> findings = new ArrayList<>();
    private final Set<String> operationIds = new HashSet<>();
    private final Set<String> schemas = new HashSet<>();
    private final Set<String> references = new HashSet<>();

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
                .filter(schema -> !document.schemas.contains(schema))
                .forEach(schema -> document.findings.add(schema + ": referred to, and not there"));
        return List.copyOf(document.findings);
    }

    private void read(List<String> lines) {
        if (!lines.contains("openapi: 3.0.1")) {
            findings.add("no OpenAPI 3.0.1");
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
        boolean ofSchemas = false;
        for (String line : components < 0 ? List.<String>of() : lines.subList(components, lines.size())) {
            Matcher schema = SCHEMA.matcher(line);
            ofSchemas |= line.equals("  schemas:");
            if (ofSchemas && schema.matches()) {
                schemas.add(schema.group(1));
            }
        }
        lines.forEach(line -> REFERENCE.matcher(line).results().forEach(it -> references.add(it.group(1))));
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
        if (body.stream().noneMatch(line -> line.matches("        \"[2-5][0-9]{2}\":"))) {
            findings.add(route + ": has no answer");
        }
        if (body.stream().noneMatch(line -> line.startsWith("      summary: "))) {
            findings.add(route + ": says not what it is for");
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
