package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
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
}
