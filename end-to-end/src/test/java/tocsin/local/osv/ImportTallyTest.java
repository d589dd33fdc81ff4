package tocsin.local.osv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ImportTallyTest {

    @Test
    void summarisesRefusalsByReasonWithTheFirstOrigins() {
        // Given
        ImportTally tally = new ImportTally();
        for (int i = 0; i < 3000; i++) {
            tally.acknowledged();
        }
        for (int i = 1; i <= 5; i++) {
            tally.refused("all.zip!" + i + ".json", "no id");
        }
        tally.refused("b.json", "not JSON");

        // Then
        assertEquals("""
                3,000 published and 6 refused in 2.0 s (1,500 a second)
                  5 no id: all.zip!1.json, all.zip!2.json, all.zip!3.json, …
                  1 not JSON: b.json""", String.join("\n", tally.summary(Duration.ofSeconds(2))));
    }
}
