package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.dispatcher.payload.BreachPayloads.match;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;

class SummaryTest {

    @Test
    void countsPrincipalsByIdAndRepositoriesByName() {
        // Given two people and two tokens of the same names, and two bots of one repository
        Match match = match(List.of(
                Samples.download("e1", "2026-04-15T09:00:00Z", Samples.human("u1")),
                Samples.download("e2", "2026-04-15T08:00:00Z", Samples.human("u2")),
                Samples.download("e3", "2026-04-15T07:00:00Z", Samples.human("u1")),
                Samples.download("e4", "2026-04-15T06:00:00Z", Samples.orgToken("t1")),
                Samples.download("e5", "2026-04-15T05:00:00Z", Samples.orgToken("t2")),
                Samples.download("e6", "2026-04-15T04:00:00Z", Samples.bot("b1", "example-org/one")),
                Samples.download("e7", "2026-04-15T03:00:00Z", Samples.bot("b2", "example-org/one"))));

        // When
        Summary summary = Summary.of(match.downloads(), false);

        // Then
        assertEquals(
                new Summary(
                        7,
                        2,
                        2,
                        1,
                        Instant.parse("2026-04-15T03:00:00Z"),
                        Instant.parse("2026-04-15T09:00:00Z"),
                        false),
                summary);
    }
}
