package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SenderReportsTest {

    @Test
    void takesTheBetterClientForTheLimit() {
        assertEquals(
                "{\"ours_per_s\": 3000, \"client_limit_per_s\": 10000, \"ratio\": 0.300}",
                DeliverReport.of(3_000, 9_000, 10_000).json());
        assertEquals(DeliverReport.of(1, 5, 4), DeliverReport.of(1, 4, 5));
    }

    @Test
    void comparesWithNothingWhereThereIsNothing() {
        assertEquals(
                "{\"ours_per_s\": 1, \"client_limit_per_s\": 0, \"ratio\": null}",
                DeliverReport.of(1, 0, 0).json());
        assertEquals(
                "{\"p99_growth_1\": null, \"throughput_1\": null, \"p99_growth_10\": null}",
                new IsolateReport(List.of(), List.of(1.0), List.of(1.0), List.of(), List.of(1.0)).json());
    }

    @Test
    void comparesTheOthersWithTheRunWithoutOneThatHangs() {
        assertEquals(
                "{\"p99_growth_1\": 1.100, \"throughput_1\": 0.960, \"p99_growth_10\": 1.500}",
                new IsolateReport(
                                List.of(10.0, 900.0, 9.0),
                                List.of(11.0, 12.0, 10.0),
                                List.of(14.0, 16.0),
                                List.of(900.0, 1100.0),
                                List.of(1000.0, 920.0))
                        .json());
    }

    @Test
    void tellsTheTiersInTheirOrder() {
        Map<String, List<Double>> idle = new LinkedHashMap<>();
        idle.put("1s", List.of(3.0, 5.04));
        idle.put("10s", List.of());
        assertEquals(
                "{\"early\": 2, \"idle_p99_ms\": {\"1s\": 5.0, \"10s\": null}, \"loaded_p99_ms\": {\"1s\": 7.0}}",
                new PunctualReport(2, idle, Map.of("1s", List.of(7.0))).json());
    }

    @ParameterizedTest
    @CsvSource({"0.5, 2", "0.51, 3", "0.99, 4", "1, 4", "0.01, 1"})
    void takesTheNearestRank(double part, double value) {
        assertEquals(value, Percentile.of(List.of(4.0, 2.0, 1.0, 3.0), part));
    }

    @Test
    void takesTheMiddleForTheMedian() {
        assertEquals(2, Percentile.median(List.of(9.0, 2.0, 1.0)));
        assertEquals(3, Percentile.median(List.of(9.0, 2.0, 1.0, 4.0)));
        assertEquals(Double.NaN, Percentile.median(List.of()));
    }

    @ParameterizedTest
    @CsvSource({"PT1S, 1s", "PT60S, 60s", "PT0.2S, 0.2s"})
    void namesATierByItsWait(Duration wait, String name) {
        assertEquals(name, PunctualBench.name(wait));
    }
}
