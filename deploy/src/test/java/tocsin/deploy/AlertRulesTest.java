package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;

/** Alerts fire when they should, and whoever is called finds out what to do. */
class AlertRulesTest {

    private static final Pattern EVENT = Pattern.compile("`([a-z]+(?:[.][a-z-]+)+)`");

    @ParameterizedTest
    @CsvSource({"check, tocsin.rules.yml", "test, tocsin.rules.test.yml", "test, tocsin.rules.days.test.yml"})
    void promtoolSaysYes(String command, String file) throws IOException, InterruptedException {
        // Given
        Assumptions.assumeTrue(Promtool.isHere(), Promtool.MISSING);

        // When
        Promtool.Said said = Promtool.run(Sources.path(AlertRules.FOLDER), command, "rules", file);

        // Then
        assertEquals(0, said.exit(), said.text());
    }

    @Test
    void everyAlertIsSeenToFireAndToBeSilent() {
        // Given
        Set<String> names = names();

        // When
        Set<String> firing = AlertRules.tried(true);
        Set<String> silent = AlertRules.tried(false);

        // Then
        assertEquals(names, firing);
        assertEquals(names, silent);
    }

    @Test
    void everyAlertSaysHowUrgentItIs() {
        AlertRules.all().forEach(alert -> {
            assertTrue(Set.of("page", "ticket").contains(alert.severity()), alert::toString);
            assertTrue(!alert.summary().isBlank(), alert::toString);
        });
    }

    @Test
    void theRunbookHasASectionForEachWithWhatToDo() {
        // When
        var sections = new TreeSet<String>();
        for (String section : Sources.text("docs/runbook.md").split("\n## ", -1)) {
            if (section.startsWith("Tocsin")) {
                sections.add(section.lines().findFirst().orElseThrow());
                assertEquals(
                        List.of("**Means**:", "**Look**:", "**Do**:"),
                        section.lines()
                                .filter(line -> line.startsWith("**"))
                                .map(line -> line.split(" ", 2)[0])
                                .toList(),
                        section);
            }
        }

        // Then
        assertEquals(names(), sections);
    }

    /** Whoever looks at night for an event that was renamed finds nothing, and believes it. */
    @Test
    void theRunbookNamesEventsThatAreLogged() {
        // Given
        List<String> code = Stream.concat(Stream.of("service-defaults", "delivery-engine"), Sources.SERVICES.stream())
                .flatMap(module -> Sources.codeOf(module).stream())
                .toList();
        Set<String> topics =
                new TreeSet<>(Topics.all().stream().map(Topic::name).toList());

        // When
        var unknown = new ArrayList<String>();
        Matcher named = EVENT.matcher(Sources.text("docs/runbook.md"));
        int found = 0;
        while (named.find()) {
            String event = named.group(1);
            if (!event.startsWith("tocsin.") && !topics.contains(event) && !event.equals("min.insync.replicas")) {
                found++;
                if (code.stream().noneMatch(it -> it.contains("log(\"" + event + "\")"))) {
                    unknown.add(event);
                }
            }
        }

        // Then
        assertTrue(found > 5);
        assertEquals(List.of(), unknown);
    }

    private static Set<String> names() {
        return new TreeSet<>(
                AlertRules.all().stream().map(AlertRules.Alert::name).toList());
    }
}
