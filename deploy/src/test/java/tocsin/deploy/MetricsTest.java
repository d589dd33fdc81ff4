package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} tells of the meters of the code. Under which names they are shown is {@link Meters}' to know. */
class MetricsTest {

    @Test
    void theDocumentTellsOfEveryMeterOfTheCodeAndOfNoOther() {
        // Given
        Set<String> told = new TreeSet<>(MetricsDocument.read().keySet());
        told.removeIf(name -> !name.startsWith("tocsin_") && !name.startsWith("delivery_"));

        // When
        Set<String> made = Meters.ofTheCode();

        // Then
        assertEquals(made, told);
    }

    @Test
    void findsWhatIsCountedAndMeasuredInEveryModule() {
        Set<String> made = Meters.ofTheCode();

        assertTrue(
                made.containsAll(Set.of(
                        "tocsin_ledger_unaccounted",
                        "tocsin_outbox_oldest_seconds",
                        "tocsin_matcher_matches_total",
                        "tocsin_downloads_recorded_total",
                        "delivery_engine_lateness_seconds_max",
                        "delivery_engine_window_open")),
                made::toString);
    }

    /** What others name is told too where something of ours asks for it. */
    @Test
    void rulesAndDashboardsAskForNothingThatIsNotTold() {
        // Given
        Set<String> asked = new TreeSet<>(AlertRules.metrics());
        asked.addAll(Dashboards.metrics());

        // When
        asked.removeAll(MetricsDocument.read().keySet());

        // Then: Prometheus itself says which of its targets answer
        assertEquals(Set.of("up"), asked);
    }
}
