package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.bench.IngestReport.History;

class IngestReportTest {

    private static final History HISTORY = new History(30_000, 50_000);

    @Test
    void isOneLineOfAllFigures() {
        assertEquals(
                "{\"copy_limit_per_s\": 600000, \"tracker_per_s\": 240000, \"ratio\": 0.400, \"history_per_s\": 30000,"
                        + " \"bare_copy_per_s\": 50000, \"history_ratio\": 0.600}",
                new IngestReport(600_000.4, 239_999.9, HISTORY).json());
    }

    @Test
    void comparesWithNothingWhereThereIsNothing() {
        assertEquals(
                "{\"copy_limit_per_s\": 0, \"tracker_per_s\": 5, \"ratio\": null, \"history_per_s\": 7,"
                        + " \"bare_copy_per_s\": 0, \"history_ratio\": null}",
                new IngestReport(0, 5, new History(7, 0)).json());
    }

    @Test
    void takesTheFastestOfEachSide() {
        assertEquals(
                new IngestReport(70, 9, HISTORY),
                IngestReport.of(List.of(5.0, 9.0, 1.0), List.of(8.0, 10.0, 70.0), HISTORY));
    }
}
