package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.match.Advisories;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.HoldState;

/** What rows that were written of a hold before tell a matcher that lost its state. */
class HoldingTest {

    private static final Instant HELD_AT = Advisories.PUBLISHED;
    private static final Instant DECIDED_AT = HELD_AT.plusSeconds(3600);

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            HELD,       same,    RELEASED,   RELEASE
            HELD,       same,    REJECTED,   REJECT
            HELD,       same,    HELD,       -
            HELD,       same,    SUPERSEDED, -
            HELD,       another, RELEASED,   -
            HELD,       another, REJECTED,   -
            RELEASED,   same,    RELEASED,   -
            RELEASED,   same,    REJECTED,   -
            REJECTED,   same,    RELEASED,   -
            SUPERSEDED, same,    RELEASED,   -
            """)
    void repeatsADecisionOnlyOfWhatIsHeldNow(HoldState known, String hold, HoldState row, HoldDecision repeated) {
        // When
        Optional<AdvisoryDecision> decision = Holding.decidedBefore(row("same", known), row(hold, row));

        // Then
        assertEquals(Optional.ofNullable(repeated), decision.map(AdvisoryDecision::getDecision));
    }

    @Test
    void repeatsItAsItWasMade() {
        // When
        AdvisoryDecision decision = Holding.decidedBefore(row("same", HoldState.HELD), row("same", HoldState.RELEASED))
                .orElseThrow();

        // Then
        assertEquals(
                new AdvisoryDecision(
                        "same",
                        "osv",
                        "GHSA-1",
                        "npm",
                        "event-stream",
                        HoldDecision.RELEASE,
                        DECIDED_AT,
                        "admin-1",
                        "because"),
                decision);
    }

    private static AdvisoryHeld row(String holdId, HoldState state) {
        boolean isHeld = state == HoldState.HELD;
        return AdvisoryHeld.newBuilder()
                .setHoldId(holdId)
                .setAdvisory(Advisories.advisory().build())
                .setState(state)
                .setHeldAt(HELD_AT)
                .setAudiences(4)
                .setDecidedAt(isHeld ? null : DECIDED_AT)
                .setDecidedBy(isHeld ? null : "admin-1")
                .setReason(isHeld ? null : "because")
                .build();
    }
}
