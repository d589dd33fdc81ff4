package tocsin.dispatcher.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.Severity;

class SeverityRankTest {

    @ParameterizedTest
    @CsvSource({
        // told, now -> raised, highest
        "LOW, MEDIUM, true, MEDIUM",
        "MEDIUM, LOW, false, MEDIUM",
        "HIGH, HIGH, false, HIGH",
        "CRITICAL, UNKNOWN, false, CRITICAL",
        // Nobody rated it.
        "LOW, UNKNOWN, false, LOW",
        "UNKNOWN, UNKNOWN, false, UNKNOWN",
        // It was told as medium.
        "UNKNOWN, MEDIUM, false, MEDIUM",
        "UNKNOWN, HIGH, true, HIGH",
        "UNKNOWN, LOW, false, LOW",
    })
    void onlyARatingRaises(Severity told, Severity now, boolean raised, Severity highest) {
        assertEquals(raised, SeverityRank.isRaised(told, now));
        assertEquals(highest, SeverityRank.higher(told, now));
        assertEquals(highest, SeverityRank.higher(now, told));
    }
}
