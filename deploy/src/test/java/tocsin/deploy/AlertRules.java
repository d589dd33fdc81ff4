package tocsin.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** {@code deploy/prometheus/tocsin.rules.yml} and what tries it. */
final class AlertRules {

    static final String FOLDER = "deploy/prometheus";
    static final String RULES = FOLDER + "/tocsin.rules.yml";

    /** Looked at each minute, and those that take days each ten. */
    static final List<String> CASES = List.of("tocsin.rules.test.yml", "tocsin.rules.days.test.yml");

    record Alert(String name, String expression, String severity, String summary) {}

    private AlertRules() {}

    static List<Alert> all() {
        var alerts = new ArrayList<Alert>();
        for (Map<?, ?> group : maps(load(RULES).get("groups"))) {
            for (Map<?, ?> rule : maps(group.get("rules"))) {
                alerts.add(new Alert(
                        text(rule, "alert"),
                        text(rule, "expr"),
                        text(map(rule.get("labels")), "severity"),
                        text(map(rule.get("annotations")), "summary")));
            }
        }
        return alerts;
    }

    static Set<String> metrics() {
        var metrics = new TreeSet<String>();
        all().forEach(alert -> metrics.addAll(PromQl.metrics(alert.expression())));
        return metrics;
    }

    /** Names of alerts that a case expects to fire, or not to. */
    static Set<String> tried(boolean firing) {
        var names = new TreeSet<String>();
        for (String file : CASES) {
            for (Map<?, ?> each : maps(load(FOLDER + "/" + file).get("tests"))) {
                for (Map<?, ?> moment : maps(each.get("alert_rule_test"))) {
                    if (moment.get("exp_alerts") instanceof List<?> expected && expected.isEmpty() != firing) {
                        names.add(text(moment, "alertname"));
                    }
                }
            }
        }
        return names;
    }

    private static Map<String, Object> load(String file) {
        return new Yaml().load(Sources.text(file));
    }

    private static List<Map<?, ?>> maps(@Nullable Object value) {
        var maps = new ArrayList<Map<?, ?>>();
        if (value instanceof List<?> list) {
            list.forEach(each -> maps.add(map(each)));
        }
        return maps;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new AssertionError("no map: " + value);
    }

    private static String text(Map<?, ?> map, String key) {
        if (map.get(key) instanceof String text) {
            return text;
        }
        throw new AssertionError("no " + key + " in " + map);
    }
}
