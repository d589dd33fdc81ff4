package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.bench.IngestReport.History;

class IngestReportTest {

    @Test
    void isOneLineOfAllFigures() {
        assertEquals(
                "{\"copy_limit_per_s\": 600000, \"tracker_per_s\": 240000, \"ratio\": 0.400, \"history_per_s\": 30000,"
                        + " \"bare_copy_per_s\": 50000, \"history_ratio\": 0.600}",
                new IngestReport(600_000.4, 239_999.9, Optional.of(new History(30_000, 50_000))).json());
    }

    @Test
    void saysNothingOfWhatWasNotMeasured() {
        assertEquals(
                "{\"copy_limit_per_s\": 0, \"tracker_per_s\": 5, \"ratio\": null, \"history_per_s\": null,"
                        + " \"bare_copy_per_s\": null, \"history_ratio\": null}",
                new IngestReport(0, 5, Optional.empty()).json());
    }

    @Test
    void takesTheBetterCopyForTheLimit() {
        assertEquals(IngestReport.of(5, 10, 8), IngestReport.of(5, 8, 10));
        assertEquals(10, IngestReport.of(5, 8, 10).copyLimitPerSecond());
    }
}
