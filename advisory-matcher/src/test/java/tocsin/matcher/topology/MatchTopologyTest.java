package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.eventIds;
import static tocsin.matcher.topology.Samples.only;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;

class MatchTopologyTest {

    private static final Instant OLD = Instant.parse("2026-04-01T00:00:00Z");

    @AutoClose
    private final MatchPipe pipe = new MatchPipe();

    @Test
    void matchesADownloadThatCameBeforeTheAdvisory() {
        // Given
        pipe.download(download("e1"));
        pipe.download(download("e2").setVersion("3.3.5"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(Samples.ORG, match.getAudience());
        assertEquals("GHSA-1", match.getAdvisory().getAdvisoryId());
        assertEquals(List.of("e1"), eventIds(match));
        assertEquals(List.of("3.3.6"), match.getFetchedVersions());
        assertEquals(Optional.empty(), match.getNextOlderAt());
        assertFalse(match.getLate());
        DownloadRecorded told = download("e1").build();
        AffectedDownload download = match.getDownloads().getFirst();
        assertEquals(told.getFetchedAt(), download.getFetchedAt());
        assertEquals(told.getReceivedAt(), download.getReceivedAt());
        assertEquals(told.getPrincipal(), download.getPrincipal());
    }

    @Test
    void matchesADownloadThatComesAfterTheAdvisoryAsAMatchOfOne() {
        // Given
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertTrue(match.getLate());
    }

    @Test
    void leavesAloneADownloadFetchedAndReceivedAfterTheAdvisoryCame() {
        // Given
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e1")
                .setFetchedAt(Samples.PUBLISHED.plusMillis(1))
                .setReceivedAt(Samples.PUBLISHED.plusMillis(1)));

        // Then
        assertEquals(List.of(), pipe.matches());
    }

    @Test
    void tellsEachAudienceOfItsOwnDownloadsOnly() {
        // Given
        String token = "token:" + "a".repeat(64);
        pipe.download(download("e1"));
        pipe.download(download("e2").setAudience(token));
        pipe.download(download("e3").setAudience("org:another").setVersion("3.3.5"));
        pipe.download(download("e4").setAudience("org:example-org2").setPackageName("another-package"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        List<AdvisoryMatched> matches = pipe.matches();
        assertEquals(
                List.of(Samples.ORG, token),
                matches.stream().map(AdvisoryMatched::getAudience).sorted().toList());
        assertEquals(
                Set.of(List.of("e1"), List.of("e2")),
                matches.stream().map(Samples::eventIds).collect(Collectors.toSet()));
    }

    @Test
    void feedsBeyondTheLimitAreCountedTogether() {
        // When
        IntStream.range(0, FeedTags.MAX_FEEDS + 5)
                .forEach(i -> pipe.publish(
                        new AdvisoryPublished("feed-" + i, osv("GHSA-1").json(), Samples.PUBLISHED)));

        // Then
        assertEquals(
                FeedTags.MAX_FEEDS + 1,
                pipe.registry.find("tocsin.matcher.intake").counters().size());
        assertEquals(
                5,
                pipe.registry
                        .get("tocsin.matcher.intake")
                        .tag("feed", "other")
                        .counter()
                        .count());
    }

    @Test
    void aRepeatOfTheAdvisoryRepeatsTheMatchWithItsId() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        AdvisoryMatched first = only(pipe.matches());

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(first, only(pipe.matches()));
    }

    @Test
    void aRepeatOfALateDownloadRepeatsTheMatchWithItsId() {
        // Given
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("e1"));
        AdvisoryMatched first = only(pipe.matches());

        // When
        pipe.download(download("e1"));

        // Then
        assertEquals(first, only(pipe.matches()));
    }

    @Test
    void aRepeatOfADownloadIsToldOfOnce() {
        // Given
        pipe.download(download("e1"));
        pipe.download(download("e1"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(List.of("e1"), eventIds(only(pipe.matches())));
    }

    /** A topic that is read again gives the same times, and perhaps another holder of a token that changed hands. */
    @Test
    void aRepeatOfADownloadChangesNobodysName() {
        // Given
        pipe.download(download("e1"));
        pipe.download(
                download("e1").setPrincipal(new Principal(PrincipalType.HUMAN, "bob", "Bob", "bob@example.org", null)));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(
                download("e1").build().getPrincipal(),
                only(pipe.matches()).getDownloads().getFirst().getPrincipal());
    }

    /** As by a proxy whose clock is ahead, and whose record first came late. */
    @Test
    void ofADownloadThatComesAgainTheFirstReceiptCounts() {
        // Given
        Instant afterTheAdvisory = Samples.PUBLISHED.plus(Duration.ofDays(60));
        DownloadRecorded.Builder ahead = download("e1").setFetchedAt(afterTheAdvisory);
        pipe.download(ahead.setReceivedAt(afterTheAdvisory));

        // When
        pipe.download(ahead.setReceivedAt(OLD));
        pipe.download(ahead.setReceivedAt(afterTheAdvisory));
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(OLD, only(pipe.matches()).getDownloads().getFirst().getReceivedAt());
    }

    @Test
    void aPackageFromAnInternalRegistryNeverRings() {
        // Given
        pipe.download(download("e1").setOriginRegistry("npm.example.com"));
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e2").setOriginRegistry("npm.example.com"));

        // Then
        assertEquals(List.of(), pipe.matches());
        assertEquals(List.of(), pipe.quarantined());
    }

    @Test
    void manyInternalDownloadsDoNotPushOutAPublicOneOfTheSameName() {
        // Given
        pipe.download(download("public").setFetchedAt(OLD));
        IntStream.range(0, 1500)
                .forEach(i -> pipe.download(
                        download("e" + i).setOriginRegistry("npm.example.com").setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(List.of("public"), eventIds(only(pipe.matches())));
    }

    @Test
    void anAdvisoryForAllVersionsMatchesOneThatCannotBeOrdered() {
        // Given
        pipe.download(download("e1").setVersion("not a version"));
        pipe.download(download("placeholder").setVersion("0.0.1-security"));

        // When
        pipe.publish(osv("MAL-2026-1").allVersions());

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertTrue(match.getAdvisory().getAllVersions());
    }

    @Test
    void joinsPythonPackagesByTheirCanonicalName() {
        // Given
        pipe.download(download("e1")
                .setEcosystem("pypi")
                .setPackageName("zope-interface")
                .setVersion("1.0"));

        // When
        pipe.publish(osv("PYSEC-1").of("PyPI", "Zope.Interface").affecting("\"versions\": [\"1.0.0\"]"));

        // Then
        assertEquals(List.of("e1"), eventIds(only(pipe.matches())));
    }

    @Test
    void everythingThatStreamsCreatesHasANameOfOurs() {
        assertEquals(
                List.of(),
                pipe.describe().lines().filter(line -> line.contains("KSTREAM")).toList());
    }
}
