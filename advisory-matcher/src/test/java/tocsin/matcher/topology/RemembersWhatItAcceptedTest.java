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
    void eachPackageOfARecordIsRemembered() {
        // Given
        String both = osv("GHSA-1")
                .json()
                .replace(
                        "\"affected\": [",
                        "\"affected\": [{\"package\": {\"ecosystem\": \"npm\", \"name\": \"left-pad\"}, \"versions\": [\"1.0.0\"]}, ");
        try (MatchPipe pipe = MatchPipe.after(accepted(both))) {
            // When
            pipe.publish(osv("GHSA-1").named("flatmap-stream").modifiedAt("2026-04-17T11:00:00Z"));

            // Then
            assertEquals(
                    List.of("event-stream true", "flatmap-stream false", "left-pad true"),
                    pipe.accepted().stream()
                            .map(it -> it.getPackageName() + " " + it.getNarrowed())
                            .sorted()
                            .toList());
        }
    }

    @Test
    void whatStandsStaysBesideWhatCannotBeReadOfARevision() {
        // Given
        try (MatchPipe pipe = MatchPipe.after(accepted())) {
            // When
            pipe.publish(
                    osv("GHSA-1")
                            .modifiedAt("2026-04-17T11:00:00Z")
                            .affecting(
                                    "\"versions\": [\"3.3.7\"], \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"x\"}]}]"));

            // Then
            assertEquals(
                    List.of(List.of("3.3.6", "3.3.7")),
                    pipe.accepted().stream().map(AdvisoryAccepted::getVersions).toList());
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
        return accepted(osv("GHSA-1").json());
    }

    private static List<AdvisoryAccepted> accepted(String osv) {
        try (MatchPipe pipe = new MatchPipe()) {
            pipe.publish(Samples.published(osv, Samples.PUBLISHED));
            return pipe.accepted();
        }
    }
}
