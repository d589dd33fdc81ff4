package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.deploy.Meters.Meter;

/** {@code docs/metrics.md} is written from the meters of the code: {@code -Dtocsin.golden.renew=true} does it. */
class MetricsTest {

    @Test
    void theDocumentTellsOfTheMetersOfTheCodeAsTheyDescribeThemselves() {
        // Given
        String document = Sources.text(MetricsDocument.FILE);

        // When
        String written = MetricsDocument.of(document, Meters.ofTheCode());

        // Then
        if (Golden.RENEW) {
            Golden.write(Sources.path(MetricsDocument.FILE), written);
        }
        assertEquals(written, Sources.text(MetricsDocument.FILE));
    }

    @Test
    void findsWhatIsCountedAndMeasuredInEveryModule() {
        Set<String> made = Meters.ofTheCode().keySet();

        assertTrue(
                made.containsAll(Set.of(
                        "tocsin_ledger_unaccounted",
                        "tocsin_outbox_oldest_seconds",
                        "tocsin_matcher_matches_total",
                        "tocsin_downloads_recorded_total",
                        "tocsin_delivery_attempt_duration_seconds_max",
                        "tocsin_delivery_log_group_sum",
                        "delivery_engine_lateness_seconds_max",
                        "delivery_engine_window_open")),
                made::toString);
    }

    @Test
    void readsWhatAMeterIsMadeWith() {
        // Given
        String code = """
                private static final String WORDS = "seconds;" + " \\"asked\\" for";
                void count() {
                    Timer.builder("tocsin.waits").description(WORDS).tag("who", who).register(registry).record(waited);
                    Counter.Builder one = Counter.builder("tocsin.ends").baseUnit("rows").description(
                            "ends; " + "all");
                }
                """;

        // When
        List<Meter> meters = Meters.in("m", code);

        // Then
        assertEquals(
                List.of(
                        new Meter("m", "tocsin_waits_seconds_sum", List.of("who"), "seconds; \"asked\" for"),
                        new Meter("m", "tocsin_waits_seconds_count", List.of("who"), "how many those are together"),
                        new Meter("m", "tocsin_waits_seconds_max", List.of("who"), "the longest of the last minutes"),
                        new Meter("m", "tocsin_ends_rows_total", List.of(), "ends; all")),
                meters);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry.counter(\"tocsin.waits\").increment();",
                "registry.timer(\"tocsin.\" + what).record(took);",
                "Gauge.builder(\"tocsin.waits\", this, it -> 1).register(registry);"
            })
    void refusesAMeterWithoutADescription(String code) {
        assertThrows(AssertionError.class, () -> Meters.in("m", code));
    }

    @Test
    void putsANewMeterIntoTheTableOfItsModuleAndTakesOutOneThatIsGone() {
        // Given
        String document = """
                ## Every service

                | metric | labels | shown | counts or shows |
                | --- | --- | --- | --- |
                | `tocsin_gone_total` | – | rang | what was |
                | `tocsin_kept_total` | – | start | what it said before |
                | `kafka_rate` | `client_id` | start | another's |

                ## m

                | metric | labels | shown | counts or shows |
                | --- | --- | --- | --- |
                """;

        // When
        String written = MetricsDocument.of(
                document,
                Map.of(
                        "tocsin_kept_total",
                        new Meter("service-defaults", "tocsin_kept_total", List.of("a", "b"), "what it says"),
                        "tocsin_new_total",
                        new Meter("m", "tocsin_new_total", List.of(), "what came")));

        // Then
        assertEquals("""
                ## Every service

                | metric | labels | shown | counts or shows |
                | --- | --- | --- | --- |
                | `tocsin_kept_total` | `a`, `b` | start | what it says |
                | `kafka_rate` | `client_id` | start | another's |

                ## m

                | metric | labels | shown | counts or shows |
                | --- | --- | --- | --- |
                | `tocsin_new_total` | – | event | what came |
                """, written);
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
