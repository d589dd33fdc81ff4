package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.MovableClock;

class RestartBudgetTest {

    private final MovableClock clock = MovableClock.at("2026-01-01T00:00:00Z");
    private final RestartBudget budget = new RestartBudget(2, Duration.ofHours(1), clock);

    @Test
    void isSpentAfterItsRestartsWithinTheWindow() {
        assertTrue(budget.grant());
        clock.advance(Duration.ofMinutes(30));
        assertTrue(budget.grant());
        assertFalse(budget.grant());
    }

    @Test
    void comesBackAsTheWindowMovesOn() {
        budget.grant();
        clock.advance(Duration.ofMinutes(30));
        budget.grant();

        clock.advance(Duration.ofMinutes(30));

        assertTrue(budget.grant());
        assertFalse(budget.grant());
    }
}
