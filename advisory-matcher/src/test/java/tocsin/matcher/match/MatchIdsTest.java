package tocsin.matcher.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.match.Advisories.advisory;
import static tocsin.matcher.match.Advisories.ranges;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;

class MatchIdsTest {

    @Test
    void isAVersion5UuidThatNeverChanges() {
        // When
        UUID id = ofScan(advisory().build(), "org:example-org");

        // Then
        assertEquals(5, id.version());
        assertEquals(2, id.variant());
        assertEquals("5e243c2a-6952-5baa-bb9a-957a1d13cc90", id.toString());
    }

    @Test
    void differsWithEachThingThatItNames() {
        // When
        List<UUID> ids = Stream.of(
                        ofScan(advisory().build(), "org:a"),
                        ofScan(advisory().build(), "org:b"),
                        ofScan(advisory().setFeed("ghsa").build(), "org:a"),
                        ofScan(advisory().setAdvisoryId("GHSA-2").build(), "org:a"),
                        ofScan(advisory().setPackageName("other").build(), "org:a"),
                        ofScan(advisory().setEcosystem("pypi").build(), "org:a"),
                        ofScan(
                                advisory()
                                        .setRevision(Advisories.PUBLISHED.plusMillis(1))
                                        .build(),
                                "org:a"),
                        ofScan(advisory().setSeverity(Severity.LOW).build(), "org:a"),
                        ofScan(advisory().setKind(AdvisoryKind.MALWARE).build(), "org:a"),
                        ofScan(advisory().setWithdrawnAt(Advisories.PUBLISHED).build(), "org:a"),
                        ofScan(advisory().setNarrowed(true).build(), "org:a"),
                        ofScan(advisory().setAllVersions(true).build(), "org:a"),
                        ofScan(advisory().setVersions(List.of("1.0.0")).build(), "org:a"),
                        ofScan(advisory().setVersions(List.of("1.0.0", "1.0.1")).build(), "org:a"),
                        ofScan(advisory().setRanges(ranges("introduced:1.0.0")).build(), "org:a"),
                        ofScan(
                                advisory()
                                        .setRanges(ranges("introduced:1.0.0 fixed:1.0.1"))
                                        .build(),
                                "org:a"),
                        ofScan(
                                advisory()
                                        .setRanges(ranges("introduced:1.0.0 last:1.0.1"))
                                        .build(),
                                "org:a"),
                        ofLate(advisory().setVersions(List.of("1.0.0")).build(), "org:a", "e1"),
                        ofLate(advisory().build(), "org:a", "e1"),
                        ofLate(advisory().build(), "org:a", "e2"),
                        MatchIds.ofAdvisory(advisory().build()))
                .toList();

        // Then
        assertEquals(ids.size(), ids.stream().distinct().count());
    }

    private static UUID ofScan(AdvisoryAccepted advisory, String audience) {
        return MatchIds.ofScan(advisory, AffectedDigest.of(advisory), audience);
    }

    private static UUID ofLate(AdvisoryAccepted advisory, String audience, String eventId) {
        return MatchIds.ofLate(advisory, AffectedDigest.of(advisory), audience, eventId);
    }
}
