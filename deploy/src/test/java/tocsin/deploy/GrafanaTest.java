package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/**
 * What Grafana's import and its provisioning from files take. Grafana passes over a field that it does not know, and draws a panel of a kind or
 * a unit that it does not know empty, so each name that is used here has to be on a list.
 */
class GrafanaTest {

    private static final Set<String> DASHBOARD = Set.of(
            "annotations",
            "description",
            "editable",
            "graphTooltip",
            "links",
            "panels",
            "refresh",
            "schemaVersion",
            "tags",
            "templating",
            "time",
            "timezone",
            "title",
            "uid",
            "version");
    private static final Set<String> PANEL =
            Set.of("datasource", "description", "fieldConfig", "gridPos", "id", "options", "targets", "title", "type");
    private static final Set<String> TARGET = Set.of("datasource", "expr", "legendFormat", "refId");

    /** By kind of panel: its options, and what a field of it may be told beside unit and thresholds. */
    private static final Map<String, Set<String>> OPTIONS = Map.of(
            "stat", Set.of("colorMode", "graphMode", "justifyMode", "reduceOptions", "textMode"),
            "timeseries", Set.of("legend", "tooltip"));

    private static final Map<String, Set<String>> CUSTOM = Map.of(
            "stat", Set.of(),
            "timeseries",
                    Set.of("drawStyle", "fillOpacity", "lineWidth", "showPoints", "spanNulls", "thresholdsStyle"));

    private static final Set<String> UNITS = Set.of("short", "s", "ms", "ops", "reqps", "percentunit");
    private static final Set<String> COLOURS = Set.of("green", "orange", "red");

    /** From the one that names data sources by type and uid, to the one of the image that compose.yaml names. */
    private static final int OLDEST_FORM = 36;

    private static final int NEWEST_FORM = 41;

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern KEPT_LABELS = Pattern.compile("\\bby\\s*\\(([^)]*)\\)");

    @ParameterizedTest
    @MethodSource("tocsin.deploy.Dashboards#files")
    void aDashboardHasTheFormThatItSaysItHas(Path file) {
        // When
        JsonNode dashboard = Dashboards.read(file);

        // Then: neither a database's number nor inputs that only the page of an import asks for
        assertEquals(Set.of(), unknown(dashboard, DASHBOARD));
        int form = dashboard.path("schemaVersion").asInt();
        assertTrue(form >= OLDEST_FORM && form <= NEWEST_FORM, "schemaVersion " + form);
        assertTrue(dashboard.path("uid").asText().matches("[a-zA-Z0-9_-]{1,40}"));
        assertTrue(dashboard.path("tags").isArray()
                && dashboard.at("/annotations/list").isArray());
        assertTrue(dashboard.at("/time/from").asText().matches("now-\\d+[mhd]"));
        assertTrue(dashboard.path("refresh").asText().matches("\\d+[smh]"));
        for (JsonNode variable : dashboard.at("/templating/list")) {
            assertEquals("datasource", variable.path("type").asText());
            assertEquals("prometheus", variable.path("query").asText());
        }
    }

    @ParameterizedTest
    @MethodSource("tocsin.deploy.Dashboards#files")
    void everyPanelIsOfAKindThatGrafanaHas(Path file) {
        // Given
        Set<Integer> ids = new HashSet<>();

        for (JsonNode panel : Dashboards.read(file).path("panels")) {
            // When
            String kind = panel.path("type").asText();
            JsonNode defaults = panel.at("/fieldConfig/defaults");

            // Then
            assertEquals(Set.of(), unknown(panel, PANEL), panel::toString);
            assertTrue(panel.path("id").isInt() && panel.path("id").asInt() > 0, panel::toString);
            assertTrue(ids.add(panel.path("id").asInt()), panel::toString);
            assertTrue(OPTIONS.containsKey(kind), kind);
            assertEquals(Set.of(), unknown(panel.path("options"), OPTIONS.getOrDefault(kind, Set.of())));
            assertEquals(Set.of(), unknown(defaults, Set.of("custom", "thresholds", "unit")), panel::toString);
            assertEquals(Set.of(), unknown(defaults.path("custom"), CUSTOM.getOrDefault(kind, Set.of())));
            assertTrue(UNITS.contains(defaults.path("unit").asText()), panel::toString);
            assertTrue(panel.at("/fieldConfig/overrides").isArray(), panel::toString);
            assertStepsGoUp(defaults.at("/thresholds/steps"));
            for (String side : List.of("x", "y", "w", "h")) {
                assertTrue(panel.at("/gridPos/" + side).isInt(), panel::toString);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tocsin.deploy.Dashboards#files")
    void everyQueryIsNamedOnceAndItsLegendByLabelsThatItKeeps(Path file) {
        // Given
        JsonNode dashboard = Dashboards.read(file);
        Set<String> variables = new TreeSet<>(Set.of("__rate_interval"));
        dashboard
                .at("/templating/list")
                .forEach(it -> variables.add(it.path("name").asText()));

        for (JsonNode panel : dashboard.path("panels")) {
            Set<String> references = new HashSet<>();
            for (JsonNode target : panel.path("targets")) {
                // When
                String expression = target.path("expr").asText();
                Set<String> lost =
                        named(LEGEND_LABEL, target.path("legendFormat").asText());
                lost.removeAll(kept(expression));

                // Then
                assertEquals(Set.of(), unknown(target, TARGET), target::toString);
                assertTrue(target.path("refId").asText().matches("[A-Z]"), target::toString);
                assertTrue(references.add(target.path("refId").asText()), panel::toString);
                assertEquals("prometheus", target.at("/datasource/type").asText());
                assertEquals(Set.of(), lost, target::toString);
            }
            Set<String> unset = named(VARIABLE, panel.toString());
            unset.removeAll(variables);
            assertEquals(Set.of(), unset, panel::toString);
        }
    }

    /** Provisioned where compose.yaml puts them; a path that is another one shows no dashboard, and no fault. */
    @Test
    void isProvisionedFromWhereComposeMountsIt() {
        // Given
        Map<?, ?> services = map(yaml("deploy/compose.yaml").get("services"));
        List<String> mounts = new ArrayList<>();
        list(map(services.get("grafana")).get("volumes")).forEach(mount -> mounts.add(String.valueOf(mount)));

        // When
        Map<?, ?> provider = map(
                list(yaml("deploy/grafana/provisioning/dashboards/tocsin.yml").get("providers"))
                        .getFirst());
        Map<?, ?> source = map(
                list(yaml("deploy/grafana/provisioning/datasources/tocsin.yml").get("datasources"))
                        .getFirst());

        // Then
        assertEquals("file", provider.get("type"));
        assertEquals(
                List.of(
                        "./grafana/provisioning:/etc/grafana/provisioning:ro",
                        "./grafana:" + map(provider.get("options")).get("path") + ":ro"),
                mounts);
        assertEquals("prometheus", source.get("type"));
        assertEquals("http://prometheus:9090", source.get("url"));
        assertTrue(list(map(services.get("prometheus")).get("ports")).contains("127.0.0.1:18090:9090"));
    }

    private static void assertStepsGoUp(JsonNode steps) {
        assertTrue(steps.path(0).path("value").isNull(), steps::toString);
        double before = Double.NEGATIVE_INFINITY;
        for (JsonNode step : steps) {
            assertTrue(COLOURS.contains(step.path("color").asText()), steps::toString);
            if (!step.path("value").isNull()) {
                assertTrue(step.path("value").asDouble() > before, steps::toString);
                before = step.path("value").asDouble();
            }
        }
    }

    private static Set<String> unknown(JsonNode object, Set<String> known) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        names.removeAll(known);
        return names;
    }

    private static Set<String> named(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        pattern.matcher(text).results().forEach(found -> names.add(found.group(1)));
        return names;
    }

    /** By each aggregation of the expression: what one drops, no legend can show. */
    private static Set<String> kept(String expression) {
        Set<String> kept = new TreeSet<>();
        Matcher aggregation = KEPT_LABELS.matcher(expression);
        boolean first = true;
        while (aggregation.find()) {
            Set<String> labels = new TreeSet<>(List.of(aggregation.group(1).split("\\s*,\\s*")));
            if (first) {
                kept.addAll(labels);
                first = false;
            } else {
                kept.retainAll(labels);
            }
        }
        return kept;
    }

    private static Map<?, ?> yaml(String file) {
        return map(new Yaml().load(Sources.text(file)));
    }

    private static Map<?, ?> map(@org.jspecify.annotations.Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new AssertionError("no map: " + value);
    }

    private static List<?> list(@org.jspecify.annotations.Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new AssertionError("no list: " + value);
    }
}
