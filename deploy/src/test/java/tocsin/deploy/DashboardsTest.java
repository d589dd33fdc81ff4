package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One dashboard for each promise; that they ask for nothing that is not shown is seen by {@link MetricsTest}. */
class DashboardsTest {

    @Test
    void thereIsOneForEachPromise() {
        // When
        var names = new TreeSet<String>();
        var ids = new TreeSet<String>();
        for (Path file : files()) {
            names.add(file.getFileName().toString());
            ids.add(Dashboards.read(file).path("uid").asText());
        }

        // Then
        assertEquals(Set.of("delivery.json", "ledger.json", "matcher.json", "time-to-notify.json"), names);
        assertEquals(Set.of("tocsin-delivery", "tocsin-ledger", "tocsin-matcher", "tocsin-time"), ids);
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyPanelSaysWhatItIsAndAsksTheChosenPrometheus(Path file) {
        // Given
        JsonNode dashboard = Dashboards.read(file);

        // When
        JsonNode panels = dashboard.path("panels");

        // Then
        assertTrue(panels.size() > 5);
        assertTrue(dashboard.path("title").asText().startsWith("Tocsin: "));
        assertEquals("datasource", dashboard.at("/templating/list/0/name").asText());
        var ids = new HashSet<Integer>();
        for (JsonNode panel : panels) {
            assertTrue(ids.add(panel.path("id").asInt()), panel::toString);
            assertTrue(!panel.path("title").asText().isBlank(), panel::toString);
            assertTrue(panel.path("targets").size() > 0, panel::toString);
            for (JsonNode target : panel.path("targets")) {
                assertEquals("${datasource}", target.at("/datasource/uid").asText());
                assertTrue(!PromQl.metrics(target.path("expr").asText()).isEmpty(), target::toString);
                assertTrue(!target.path("legendFormat").asText().isBlank(), target::toString);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void noPanelLiesOverAnother(Path file) {
        // Given
        var taken = new HashSet<List<Integer>>();

        // When
        var twice = new ArrayList<String>();
        for (JsonNode panel : Dashboards.read(file).path("panels")) {
            JsonNode at = panel.path("gridPos");
            int left = at.path("x").asInt();
            int top = at.path("y").asInt();
            int right = left + at.path("w").asInt();
            int bottom = top + at.path("h").asInt();
            assertTrue(right <= 24, panel::toString);
            for (int x = left; x < right; x++) {
                for (int y = top; y < bottom; y++) {
                    if (!taken.add(List.of(x, y))) {
                        twice.add(panel.path("title").asText());
                    }
                }
            }
        }

        // Then
        assertEquals(List.of(), twice);
    }

    /** Whoever an alert calls wants to see since when, and how it goes on. */
    @Test
    void whatAnAlertGoesByIsDrawn() {
        // When
        Set<String> undrawn = new TreeSet<>(AlertRules.metrics());
        undrawn.removeAll(Dashboards.metrics());

        // Then: that of Prometheus itself, which every Grafana shows
        assertEquals(Set.of("up"), undrawn);
    }

    /** What KEDA scales by, too. */
    @Test
    void whatScalesIsDrawn() {
        // Given
        String template = Sources.text("deploy/helm/tocsin/templates/scaledobjects.yaml");

        // When
        Set<String> asked = new TreeSet<>();
        Matcher query = Pattern.compile("query: \\{\\{ printf \"(.*?)\" \\.").matcher(template);
        while (query.find()) {
            asked.addAll(PromQl.metrics(query.group(1).replace("%q", "\"\"")));
        }

        // Then
        assertEquals(Set.of("delivery_engine_overdue_seconds"), asked);
        assertTrue(Dashboards.metrics().containsAll(asked), asked::toString);
    }

    /** Grafana would show the fault in place of the panel, when somebody needs it. */
    @Test
    void prometheusUnderstandsEveryExpression(@TempDir Path folder) throws IOException, InterruptedException {
        // Given
        Assumptions.assumeTrue(Promtool.isHere(), Promtool.MISSING);
        var rules = new StringBuilder("groups:\n  - name: panels\n    rules:\n");
        int number = 0;
        for (Path file : files()) {
            for (String expression : Dashboards.read(file).findValuesAsText("expr")) {
                rules.append("      - record: panel:%d\n        expr: |\n          %s\n"
                        .formatted(number++, expression.replace("$__rate_interval", "5m")));
            }
        }
        Files.writeString(folder.resolve("panels.yml"), rules);

        // When
        Promtool.Said said = Promtool.run(folder, "check", "rules", "panels.yml");

        // Then
        assertEquals(0, said.exit(), said.text());
        assertTrue(said.text().contains(number + " rules found"), said.text());
    }

    static List<Path> files() {
        return Dashboards.files();
    }
}
