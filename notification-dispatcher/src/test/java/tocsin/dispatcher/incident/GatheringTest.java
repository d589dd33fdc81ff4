package tocsin.dispatcher.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AffectedDownload;

class GatheringTest {

    private static final Instant NEWEST = Instant.parse("2026-04-15T09:00:00Z");

    private static Match late(AffectedDownload download, int revision) {
        return Samples.read(Samples.matched(
                        "org:acme",
                        Samples.advisory().setRevision(Samples.PUBLISHED.plusSeconds(revision)),
                        List.of(download))
                .setLate(true));
    }

    private static AffectedDownload download(int age) {
        return Samples.download(
                "e" + age, NEWEST.minusSeconds(age).toString(), Samples.bot("bot", "example-org/example-repo"));
    }

    @Test
    void isTheFirstOnesMatchWithTheNewestAdvisoryAndAllDownloadsOnce() {
        // Given
        Match first = late(download(5), 1);
        Gathering gathering = new Gathering();

        // When
        gathering.add(first);
        gathering.add(late(download(1), 3));
        gathering.add(late(download(9), 2));
        gathering.add(late(download(1), 3));

        // Then
        Match match = gathering.match();
        assertEquals(first.id(), match.id());
        assertEquals(Samples.PUBLISHED.plusSeconds(3), match.advisory().revision());
        assertEquals(
                List.of("e1", "e5", "e9"),
                match.downloads().stream().map(Download::eventId).toList());
        assertEquals(Optional.empty(), match.nextOlderAt());
        assertEquals(List.of("1.0.0"), match.fetchedVersions());
        assertTrue(match.late());
    }

    @Test
    void holdsNoMoreThanTheNewestThousandHoweverManyCome() {
        // Given
        List<Integer> ages = new ArrayList<>();
        for (int age = 0; age < 3 * Match.MAX_DOWNLOADS; age++) {
            ages.add(age);
        }
        Collections.shuffle(ages, new Random(1));
        Gathering gathering = new Gathering();
        int most = 0;

        // When each comes twice
        for (int age : ages) {
            gathering.add(late(download(age), 1));
            gathering.add(late(download(age), 1));
            most = Math.max(most, gathering.held());
        }

        // Then
        Match match = gathering.match();
        assertEquals(Match.MAX_DOWNLOADS, most);
        assertEquals("e0", match.downloads().getFirst().eventId());
        assertEquals("e999", match.downloads().getLast().eventId());
        assertEquals(Optional.of(NEWEST.minusSeconds(1000)), match.nextOlderAt());
    }

    @Test
    void isNothingWhereNothingWaited() {
        // Given
        Gathering gathering = new Gathering();

        // When
        // Then
        assertThrows(IllegalStateException.class, gathering::match);
    }
}
