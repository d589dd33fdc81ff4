package tocsin.matcher.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.match.Advisories.advisory;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MatchIdsTest {

    @Test
    void isAVersion5UuidThatNeverChanges() {
        // When
        UUID id = MatchIds.ofScan(advisory().build(), "org:example-org");

        // Then
        assertEquals(5, id.version());
        assertEquals(2, id.variant());
        assertEquals("1057c271-f685-58b3-a3c8-820ff9b148e9", id.toString());
    }

    @Test
    void differsWithEachThingThatItNames() {
        // When
        List<UUID> ids = Stream.of(
                        MatchIds.ofScan(advisory().build(), "org:a"),
                        MatchIds.ofScan(advisory().build(), "org:b"),
                        MatchIds.ofScan(advisory().setFeed("ghsa").build(), "org:a"),
                        MatchIds.ofScan(advisory().setAdvisoryId("GHSA-2").build(), "org:a"),
                        MatchIds.ofScan(advisory().setPackageName("other").build(), "org:a"),
                        MatchIds.ofScan(advisory().setEcosystem("pypi").build(), "org:a"),
                        MatchIds.ofScan(
                                advisory()
                                        .setRevision(Advisories.PUBLISHED.plusMillis(1))
                                        .build(),
                                "org:a"),
                        MatchIds.ofLate(advisory().build(), "org:a", "e1"),
                        MatchIds.ofLate(advisory().build(), "org:a", "e2"),
                        MatchIds.ofAdvisory(advisory().build()))
                .toList();

        // Then
        assertEquals(ids.size(), ids.stream().distinct().count());
    }
}
