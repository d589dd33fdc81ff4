package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.feed.OsvRecords.listed;
import static tocsin.matcher.feed.OsvRecords.npm;
import static tocsin.matcher.feed.OsvRecords.published;
import static tocsin.matcher.feed.OsvRecords.revision;
import static tocsin.matcher.feed.OsvRecords.unreadable;
import static tocsin.matcher.feed.OsvRecords.withdrawn;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.EarlierRevision;

/** Downloads count until a statement was first received: its words alone move nothing, and what is new in it counts from its own receipt. */
class CountsFromItsReceiptTest {

    private static final Instant FIRST = Instant.parse("2026-04-17T10:05:00Z");
    private static final Instant LATER = Instant.parse("2026-05-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({"2026-04-17T10:05:00Z, 2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z, 2026-04-17T10:05:00Z"})
    void firstReceivedIsTheEarliestOfAll(Instant remembered, Instant received) {
        // When
        IntakeOutcome.Accepted accepted = new IntakeMemory(
                        new Remembered(Instant.parse("2026-04-17T10:00:00Z"), remembered, Set.of(npm("a")), Map.of()))
                .accepted(published("2026-04-18T10:00:00Z", received, "a"));

        // Then
        assertEquals(FIRST, accepted.remember().firstReceivedAt());
        assertEquals(FIRST, accepted.advisories().getFirst().getFirstReceivedAt());
    }

    @Test
    void whatARevisionAddsIsNamedSinceThatRevisionAndItsWordsAloneMoveNothing() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        Instant latest = LATER.plusSeconds(60);

        // When
        AdvisoryAccepted first = memory.accept(revision("2026-04-17T10:00:00Z", FIRST, listed("a", "1.0.0")));
        AdvisoryAccepted words = memory.accept(revision("2026-04-18T10:00:00Z", LATER, listed("a", "1.0.0")));
        AdvisoryAccepted wider = memory.accept(revision("2026-04-19T10:00:00Z", latest, listed("a", "1.0.1", "1.0.0")));

        // Then
        assertEquals(List.of(FIRST, FIRST, latest), receipts(first, words, wider));
        assertEquals(
                List.of(
                        Instant.parse("2026-04-17T10:00:00Z"),
                        Instant.parse("2026-04-17T10:00:00Z"),
                        Instant.parse("2026-04-19T10:00:00Z")),
                Stream.of(first, words, wider)
                        .map(a -> a.getAnnouncedAt().orElseThrow())
                        .toList());
        assertEquals(List.of(), words.getEarlier().orElse(List.of()));
        assertEquals(
                List.of(new EarlierRevision(
                        FIRST, Instant.parse("2026-04-17T10:00:00Z"), false, List.of("1.0.0"), List.of())),
                wider.getEarlier().orElse(List.of()));
    }

    @Test
    void whatAWithdrawalTookBackIsNamedAnewWhenItComesBack() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        memory.accept(revision("2026-04-17T10:00:00Z", FIRST, listed("a", "1.0.0")));

        // When
        AdvisoryAccepted withdrawn = memory.accept(withdrawn("2026-04-18T10:00:00Z", LATER, listed("a", "1.0.0")));
        AdvisoryAccepted back =
                memory.accept(revision("2026-04-19T10:00:00Z", LATER.plusSeconds(60), listed("a", "1.0.0")));

        // Then
        assertEquals(
                List.of(List.of("1.0.0")),
                withdrawn.getEarlier().orElse(List.of()).stream()
                        .map(EarlierRevision::getVersions)
                        .toList());
        assertEquals(
                List.of(List.of("1.0.0"), List.of()),
                back.getEarlier().orElse(List.of()).stream()
                        .map(EarlierRevision::getVersions)
                        .toList());
        assertEquals(Optional.of(LATER.plusSeconds(60)), back.getReceivedAt());
    }

    @Test
    void whatTheLateOlderRevisionNamesCountsFromItsOwnReceipt() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        memory.accept(revision("2026-04-18T10:00:00Z", FIRST, listed("a", "1.1"), unreadable("a")));

        // When
        PublishedAdvisory older = revision("2026-04-17T10:00:00Z", LATER, listed("a", "1.0"));
        AdvisoryAccepted both = memory.accept(older);
        AdvisoryAccepted again = memory.accept(older);

        // Then
        assertEquals(List.of(LATER, LATER), receipts(both, again));
        assertEquals(
                List.of(FIRST),
                both.getEarlier().orElseThrow().stream()
                        .map(EarlierRevision::getReceivedAt)
                        .toList());
        assertEquals(both, again);
    }

    private static List<Instant> receipts(AdvisoryAccepted... advisories) {
        return Stream.of(advisories).map(a -> a.getReceivedAt().orElseThrow()).toList();
    }
}
