package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.HoldingPipe.ALL;
import static tocsin.matcher.topology.HoldingPipe.LATER;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.topology.Samples.Osv;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.HoldState;

/** An advisory for all versions of a package that very many fetched waits for a second opinion, and nothing that it affects is lost meanwhile. */
class HoldsTheImplausibleTest {

    @AutoClose
    private final HoldingPipe holding = new HoldingPipe();

    private final MatchPipe pipe = holding.pipe;

    @Test
    void ringsForNobodyAndIsSeen() {
        // When
        pipe.publish(osv("MAL-1").allVersions());

        // Then
        assertEquals(Set.of(), holding.told());
        AdvisoryHeld held = holding.held();
        assertEquals(HoldState.HELD, held.getState());
        assertEquals("MAL-1", held.getAdvisory().getAdvisoryId());
        assertEquals(4, held.getAudiences());
        assertEquals(Samples.PUBLISHED, held.getHeldAt());
        assertEquals(
                1,
                pipe.registry
                        .counter("tocsin.matcher.intake", "feed", "osv", "outcome", "held")
                        .count());
    }

    @Test
    void aRangeFromTheLeastVersionOnIsHeldLikeOneOfAll() {
        // When
        pipe.publish(osv("MAL-1")
                .affecting("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0.0.0\"}]}]"));

        // Then
        assertEquals(Set.of(), holding.told());
        assertEquals(HoldState.HELD, holding.rows().getFirst().getState());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "event-stream   | \"versions\": [\"1.0.0\", \"1.0.1\"]",
                "event-stream   | \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"1.0.2\"}]}]",
                "seldom-fetched | \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]",
            })
    void anOrdinaryAdvisoryWaitsForNothing(String name, String versions) {
        // Given
        pipe.download(download("f0").setAudience("org:0").setPackageName("seldom-fetched"));
        pipe.download(download("f1").setAudience("org:1").setPackageName("seldom-fetched"));
        holding.tellWhatWasCounted();

        // When
        pipe.publish(osv("GHSA-1").named(name).affecting(versions));

        // Then
        assertEquals(Set.of("org:0", "org:1"), holding.told());
        assertEquals(List.of(), holding.rows());
    }

    @Test
    void onlyTheImplausiblePackageOfARecordWaits() {
        // Given
        pipe.download(download("f0").setAudience("org:0").setPackageName("seldom-fetched"));
        String both = osv("MAL-1")
                .allVersions()
                .json()
                .replace(
                        "\"affected\": [",
                        "\"affected\": ["
                                + "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"seldom-fetched\"}, \"versions\": [\"3.3.6\"]}, ");

        // When
        pipe.publish(Samples.published(both, Samples.PUBLISHED));

        // Then
        assertEquals(Set.of("org:0"), holding.told());
        assertEquals(1, holding.rows().size());
    }

    @Test
    void theCutOffStaysAtTheFirstReceipt() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        holding.publishRevision(osv("MAL-1").allVersions(), LATER);
        pipe.download(download("after")
                .setAudience("org:after")
                .setFetchedAt(Samples.PUBLISHED.plusSeconds(60))
                .setReceivedAt(Samples.PUBLISHED.plusSeconds(60)));

        // When
        holding.release(holding.held());

        // Then
        assertEquals(ALL, holding.told());
    }

    /** Twice as many as are kept of one version and audience, all too new to count. */
    @Test
    void nothingThatItMayCountIsTrimmedMeanwhile() {
        // Given
        pipe.download(download("old-1").setFetchedAt(Instant.parse("2026-04-15T08:00:00Z")));
        pipe.download(download("old-2").setFetchedAt(Instant.parse("2026-04-15T09:00:00Z")));
        pipe.publish(osv("MAL-1").allVersions());
        Instant after = Samples.PUBLISHED.plusSeconds(1);
        for (int i = 0; i < 1200; i++) {
            pipe.download(
                    download("new-" + i).setFetchedAt(after.plusSeconds(i)).setReceivedAt(after.plusSeconds(i)));
        }

        // When
        holding.release(holding.held());

        // Then
        List<String> told = pipe.matches().stream()
                .filter(match -> match.getAudience().equals(Samples.ORG))
                .flatMap(match -> match.getDownloads().stream())
                .map(AffectedDownload::getEventId)
                .toList();
        assertEquals(List.of("old-2", "old-1"), told);
    }

    @Test
    void whatStoodGoesOnToRing() {
        // Given
        pipe.publish(osv("MAL-1").affecting("\"versions\": [\"1.0.0\"]"));
        holding.told();

        // When
        holding.publishRevision(osv("MAL-1").allVersions(), LATER);
        pipe.matches();
        pipe.download(download("late-0").setAudience("org:late-0").setVersion("1.0.0"));
        pipe.download(download("late-1").setAudience("org:late-1").setVersion("1.0.1"));

        // Then
        assertEquals(Set.of("org:late-0"), holding.told());
    }

    @Test
    void theMessageOfAMatchTellsNothingOfTheHold() {
        // Given
        pipe.publish(osv("MAL-1").affecting("\"versions\": [\"1.0.0\"]"));
        pipe.matches();

        // When
        holding.publishRevision(osv("MAL-1").allVersions(), LATER);

        // Then
        AdvisoryAccepted accepted = pipe.accepted().getLast();
        assertTrue(accepted.getHeld().isPresent());
        assertEquals(List.of("1.0.0"), accepted.getVersions());
        pipe.matches()
                .forEach(match ->
                        assertEquals(Optional.empty(), match.getAdvisory().getHeld()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"versions\": [\"1.0.3\"] |                      | org:3",
                "\"versions\": [\"1.0.3\"] | 2026-04-17T11:00:00Z | ''",
            })
    void aNewerRevisionTakesItsPlace(String versions, String withdrawn, String expected) {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = holding.held();
        Osv newer = osv("MAL-1").affecting(versions);

        // When
        holding.publishRevision(withdrawn == null ? newer : newer.withdrawnAt(withdrawn), LATER);

        // Then
        assertEquals(expected, String.join(" ", holding.told()));
        assertEquals(HoldState.SUPERSEDED, holding.held().getState());

        // When
        holding.release(held);

        // Then
        assertEquals(Set.of(), holding.told());
        assertEquals(List.of(), holding.rows());
    }
}
