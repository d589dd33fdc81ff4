package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.feed.OsvRecords.entry;
import static tocsin.matcher.feed.OsvRecords.listed;
import static tocsin.matcher.feed.OsvRecords.npm;
import static tocsin.matcher.feed.OsvRecords.published;
import static tocsin.matcher.feed.OsvRecords.revision;
import static tocsin.matcher.feed.OsvRecords.withdrawn;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.AdvisoryAccepted;

class IntakeTest {

    private static final Instant FIRST = Instant.parse("2026-04-17T10:05:00Z");
    private static final Instant LATER = Instant.parse("2026-05-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // remembered revision, published revision, outcome
        "2026-04-17T10:00:00Z,     2026-04-17T09:59:59.999Z,    older",
        "2026-04-17T10:00:00Z,     2026-04-17T10:00:00Z,        accepted",
        "2026-04-17T10:00:00Z,     2026-04-17T10:00:00.0009Z,   accepted",
        "2026-04-17T10:00:00.001Z, 2026-04-17T10:00:00.0009Z,   older",
        "2026-04-17T10:00:00Z,     2026-04-17T10:00:00.001Z,    accepted",
    })
    void onlyAnOlderRevisionIsDropped(Instant remembered, String published, String outcome) {
        // When
        IntakeOutcome decided = new IntakeMemory(new Remembered(remembered, FIRST, Set.of(npm("a")), Map.of()))
                .decide(published(published, FIRST, "a"));

        // Then
        assertEquals(
                outcome,
                switch (decided) {
                    case IntakeOutcome.Accepted _ -> "accepted";
                    case IntakeOutcome.OlderRevision(Instant known) -> known.equals(remembered) ? "older" : "wrong";
                    case IntakeOutcome.Refused _ -> "refused";
                });
    }

    @Test
    void theFirstRevisionIsAcceptedForEachPackageThatItNames() {
        // When
        IntakeOutcome.Accepted accepted =
                new IntakeMemory().accepted(published("2026-04-17T10:00:00Z", FIRST, "a", "b"));

        // Then
        assertEquals(Set.of("a", "b"), names(accepted));
        assertEquals(
                Set.of(FIRST),
                accepted.advisories().stream()
                        .map(AdvisoryAccepted::getFirstReceivedAt)
                        .collect(Collectors.toSet()));
        assertEquals(
                new Remembered(Instant.parse("2026-04-17T10:00:00Z"), FIRST, Set.of(npm("a"), npm("b")), Map.of()),
                accepted.remember());
        assertEquals(Optional.empty(), accepted.flaw());
    }

    @Test
    void aPackageOnceNamedIsNarrowedAgainAndAgain() {
        // Given
        IntakeOutcome.Accepted first = new IntakeMemory().accepted(published("2026-04-17T10:00:00Z", FIRST, "a", "b"));

        // When
        IntakeOutcome.Accepted second =
                new IntakeMemory(first.remember()).accepted(published("2026-04-18T10:00:00Z", LATER, "b"));
        IntakeOutcome.Accepted third =
                new IntakeMemory(second.remember()).accepted(published("2026-04-19T10:00:00Z", LATER, "b"));
        IntakeOutcome.Accepted back =
                new IntakeMemory(third.remember()).accepted(published("2026-04-20T10:00:00Z", LATER, "a"));

        // Then
        assertEquals(Set.of("a narrowed", "b"), names(second));
        assertEquals(Set.of("a narrowed", "b"), names(third));
        assertEquals(Set.of("a", "b narrowed"), names(back));
    }

    @Test
    void aRecordThatNamesNoPackageIsRefusedUnlessItOnceDid() {
        // Given
        PublishedAdvisory nothing = published("2026-04-18T10:00:00Z", FIRST);

        // Then
        assertEquals(
                new IntakeOutcome.Refused("names no package of a known ecosystem"), new IntakeMemory().decide(nothing));
        assertEquals(
                Set.of("a narrowed"),
                names(new IntakeMemory(new Remembered(Instant.EPOCH, FIRST, Set.of(npm("a")), Map.of()))
                        .accepted(nothing)));
    }

    @Test
    void aPackageWithNeitherListNorRangeIsRefused() {
        // When
        IntakeOutcome refused = new IntakeMemory().decide(revision("2026-04-18T10:00:00Z", FIRST, entry("a", "")));

        // Then
        assertEquals(
                new IntakeOutcome.Refused(
                        "npm:a: has neither a list of versions nor a range of type SEMVER or ECOSYSTEM"),
                refused);
    }

    @Test
    void aFlawedPackageIsNeitherAcceptedNorNarrowedAndTheOthersAreAccepted() {
        // When
        IntakeOutcome.Accepted accepted = new IntakeMemory(
                        new Remembered(Instant.EPOCH, FIRST, Set.of(npm("a"), npm("c")), Map.of()))
                .accepted(revision("2026-04-18T10:00:00Z", FIRST, entry("a", ""), listed("b", "1.0.0")));

        // Then
        assertEquals(Set.of("b", "c narrowed"), names(accepted));
        assertTrue(accepted.flaw().orElseThrow().startsWith("npm:a: "));
        assertEquals(Set.of(npm("a"), npm("b"), npm("c")), accepted.remember().packages());
    }

    /** It lies outside of its ecosystem's folder, and may be read before what it takes back. */
    @Test
    void aWithdrawalThatComesFirstIsRemembered() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        List<AdvisoryAccepted> withdrawn = memory.acceptAll(withdrawn("2026-04-18T10:00:00Z", FIRST));

        // When
        IntakeOutcome late = memory.decide(published("2026-04-17T10:00:00Z", LATER, "a"));

        // Then
        assertEquals(List.of(), withdrawn);
        assertInstanceOf(IntakeOutcome.OlderRevision.class, late);
    }

    @Test
    void aWithdrawalWithoutPackagesIsOneOfEachPackageOnceNamed() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        memory.accept(revision("2026-04-17T10:00:00Z", FIRST, listed("a", "1.0.0"), listed("b", "2")));

        // When
        List<AdvisoryAccepted> accepted = memory.acceptAll(withdrawn("2026-04-18T10:00:00Z", LATER));

        // Then
        assertEquals(
                Set.of("a [1.0.0] false 2026-04-18T10:00:00Z", "b [2] false 2026-04-18T10:00:00Z"),
                accepted.stream()
                        .map(a -> a.getPackageName() + " "
                                + a.getEarlier().orElse(List.of()).getLast().getVersions() + " " + a.getNarrowed() + " "
                                + a.getWithdrawnAt().orElseThrow())
                        .collect(Collectors.toSet()));
    }

    private static Set<String> names(IntakeOutcome.Accepted accepted) {
        return accepted.advisories().stream()
                .map(advisory -> advisory.getPackageName() + (advisory.getNarrowed() ? " narrowed" : ""))
                .collect(Collectors.toSet());
    }
}
