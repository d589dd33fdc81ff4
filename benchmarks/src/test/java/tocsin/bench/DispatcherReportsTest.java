package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DispatcherReportsTest {

    @Test
    void takesTheBetterLoopForTheLimit() {
        assertEquals(
                "{\"ours_per_s\": 1500, \"smtp_limit_per_s\": 3000, \"ratio\": 0.500}",
                MailReport.of(1_500, 2_000, 3_000).json());
        assertEquals(MailReport.of(1, 5, 4), MailReport.of(1, 4, 5));
    }

    @Test
    void comparesWithNothingWhereThereIsNothing() {
        assertEquals(
                "{\"ours_per_s\": 1, \"smtp_limit_per_s\": 0, \"ratio\": null}",
                MailReport.of(1, 0, 0).json());
    }

    @Test
    void tellsEachFigureByItsName() {
        assertEquals(
                "{\"webhook_p50_ms\": 2.0, \"webhook_p99_ms\": 3.0, \"email_p50_ms\": null, \"email_p99_ms\": null, "
                        + "\"loaded_webhook_p99_ms\": 5.0}",
                new LatencyReport(List.of(3.0, 1.04, 2.0), List.of(), List.of(5.0)).json());
    }

    @Test
    void tellsPeopleTheWorstToo() {
        assertEquals(
                "3 measured, p50 2.0 ms, p90 3.0 ms, p99 3.0 ms, worst 3.0 ms",
                LatencyReport.words(List.of(3.0, 1.04, 2.0)));
    }

    @Test
    void tellsWhatEachStretchTookThoseThatPassedBothItsEnds() {
        Instant start = Instant.parse("2026-04-17T12:00:00Z");
        assertEquals(
                "half-way 2.0 (p99 4.0), there 10.0 (p99 10.0)",
                new Hops()
                        .then("away", Map.of("a", start, "b", start, "other", start))
                        .then("half-way", Map.of("a", start.plusMillis(2), "b", start.plusMillis(4)))
                        .then("there", Map.of("a", start.plusMillis(12), "other", start.plusSeconds(9)))
                        .words(List.of("a", "b")));
    }
}
