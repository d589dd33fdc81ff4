package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.AdvisoryAccepted;

/** A matcher that lost its state takes no advisory for new that it once accepted. */
class RemembersWhatItAcceptedTest {

    @Test
    void aLaterRevisionKeepsTheFirstReceiptAndNarrowsWhatItNoLongerNames() {
        // Given
        List<AdvisoryAccepted> before = accepted();
        try (MatchPipe pipe = MatchPipe.after(before)) {
            // When
            pipe.clock.advance(Duration.ofDays(30));
            pipe.publish(Samples.published(
                    osv("GHSA-1")
                            .named("flatmap-stream")
                            .modifiedAt("2026-05-10T00:00:00Z")
                            .json(),
                    pipe.clock.instant()));

            // Then
            List<AdvisoryAccepted> after = pipe.accepted();
            assertEquals(
                    List.of("event-stream true", "flatmap-stream false"),
                    after.stream()
                            .map(it -> it.getPackageName() + " " + it.getNarrowed())
                            .sorted()
                            .toList());
            after.forEach(it -> assertEquals(Samples.PUBLISHED, it.getFirstReceivedAt()));
        }
    }

    @Test
    void anOlderRevisionThatComesAgainIsDropped() {
        // Given
        try (MatchPipe pipe = MatchPipe.after(accepted())) {
            // When
            pipe.publish(osv("GHSA-1").modifiedAt("2026-04-17T09:00:00Z").allVersions());

            // Then
            assertEquals(List.of(), pipe.accepted());
        }
    }

    private static List<AdvisoryAccepted> accepted() {
        try (MatchPipe pipe = new MatchPipe()) {
            pipe.publish(osv("GHSA-1"));
            return pipe.accepted();
        }
    }
}
