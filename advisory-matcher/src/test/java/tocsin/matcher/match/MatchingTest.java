package tocsin.matcher.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.match.Advisories.advisory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;

class MatchingTest {

    @ParameterizedTest
    @CsvSource({
        // grace, published, first received, fetched, received, rings
        "P7D, 2026-04-10, 2026-04-12, 2026-04-09, 2026-04-09, true",
        "P7D, 2026-04-10, 2026-04-12, 2026-04-12, 2026-04-13, true",
        "P7D, 2026-04-10, 2026-04-12, 2026-04-13, 2026-04-13, false",
        // a proxy's clock that runs ahead hides nothing
        "P7D, 2026-04-10, 2026-04-12, 2026-04-13, 2026-04-12, true",
        // a download that is told late counts by its own time
        "P7D, 2026-04-10, 2026-04-12, 2026-04-11, 2026-06-01, true",
        // a first import of an old advisory does not ring for the years between
        "P7D, 2026-04-10, 2026-06-01, 2026-04-17, 2026-04-17, true",
        "P7D, 2026-04-10, 2026-06-01, 2026-04-18, 2026-04-18, false",
        // strict: what was fetched before publication
        "PT0S, 2026-04-10, 2026-04-12, 2026-04-10, 2026-04-10, true",
        "PT0S, 2026-04-10, 2026-04-12, 2026-04-11, 2026-04-11, false",
        // a feed's clock that runs ahead: received before published
        "P7D, 2026-04-20, 2026-04-12, 2026-04-13, 2026-04-13, false",
    })
    void downloadsCountUpToTheCutOff(
            Duration grace, String published, String firstReceived, String fetched, String received, boolean rings) {
        AdvisoryAccepted advisory = advisory()
                .setVersions(List.of("3.3.6"))
                .setPublishedAt(day(published))
                .setFirstReceivedAt(day(firstReceived))
                .build();

        assertEquals(
                rings,
                rings(new Matching(grace), advisory, download("3.3.6", day(fetched), day(received), Optional.empty())));
    }

    @ParameterizedTest
    @CsvSource({
        "3.3.6, false, false, false, true",
        "3.3.5, false, false, false, false",
        "3.3.6, true,  false, false, false",
        "3.3.6, false, true,  false, false",
        "3.3.6, false, false, true,  false",
    })
    void aLateDownloadRingsForALiveAdvisoryOfAPublicPackage(
            String version, boolean withdrawn, boolean narrowed, boolean internal, boolean rings) {
        AdvisoryAccepted advisory = advisory()
                .setVersions(List.of("3.3.6"))
                .setWithdrawnAt(withdrawn ? Advisories.PUBLISHED : null)
                .setNarrowed(narrowed)
                .build();

        assertEquals(
                rings,
                rings(
                        new Matching(Duration.ofDays(7)),
                        advisory,
                        download(
                                version,
                                day("2026-01-01"),
                                day("2026-01-01"),
                                internal ? Optional.of("npm.example.com") : Optional.empty())));
    }

    private static boolean rings(Matching matching, AdvisoryAccepted advisory, Download download) {
        return matching.rings(matching.evaluate(advisory), download);
    }

    private static Instant day(String date) {
        return Instant.parse(date + "T00:00:00Z");
    }

    private static Download download(String version, Instant fetched, Instant received, Optional<String> origin) {
        return new Download(
                new PackageKey(Ecosystem.NPM, "event-stream"),
                origin,
                Audience.parse("org:example-org"),
                new AffectedDownload(
                        "e1",
                        version,
                        fetched,
                        received,
                        new Principal(PrincipalType.HUMAN, "user-1", null, null, null)));
    }
}
