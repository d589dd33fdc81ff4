package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryPublished;

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
        IntakeOutcome decided = Intake.decide(
                published(published, FIRST, "a"), Optional.of(new Remembered(remembered, FIRST, Set.of(npm("a")))));

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
        IntakeOutcome.Accepted accepted = accept(published("2026-04-17T10:00:00Z", FIRST, "a", "b"), Optional.empty());

        // Then
        assertEquals(Set.of("a", "b"), names(accepted));
        assertEquals(
                Set.of(FIRST),
                accepted.advisories().stream()
                        .map(AdvisoryAccepted::getFirstReceivedAt)
                        .collect(Collectors.toSet()));
        assertEquals(
                new Remembered(Instant.parse("2026-04-17T10:00:00Z"), FIRST, Set.of(npm("a"), npm("b"))),
                accepted.remember());
        assertEquals(Optional.empty(), accepted.flaw());
    }

    @Test
    void aPackageOnceNamedIsNarrowedAgainAndAgain() {
        // Given
        IntakeOutcome.Accepted first = accept(published("2026-04-17T10:00:00Z", FIRST, "a", "b"), Optional.empty());

        // When
        IntakeOutcome.Accepted second =
                accept(published("2026-04-18T10:00:00Z", LATER, "b"), Optional.of(first.remember()));
        IntakeOutcome.Accepted third =
                accept(published("2026-04-19T10:00:00Z", LATER, "b"), Optional.of(second.remember()));
        IntakeOutcome.Accepted back =
                accept(published("2026-04-20T10:00:00Z", LATER, "a"), Optional.of(third.remember()));

        // Then
        assertEquals(Set.of("a narrowed", "b"), names(second));
        assertEquals(Set.of("a narrowed", "b"), names(third));
        assertEquals(Set.of("a", "b narrowed"), names(back));
    }

    @ParameterizedTest
    @CsvSource({"2026-04-17T10:05:00Z, 2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z, 2026-04-17T10:05:00Z"})
    void firstReceivedIsTheEarliestOfAll(Instant remembered, Instant received) {
        // When
        IntakeOutcome.Accepted accepted = accept(
                published("2026-04-18T10:00:00Z", received, "a"),
                Optional.of(new Remembered(Instant.parse("2026-04-17T10:00:00Z"), remembered, Set.of(npm("a")))));

        // Then
        assertEquals(FIRST, accepted.remember().firstReceivedAt());
        assertEquals(FIRST, accepted.advisories().getFirst().getFirstReceivedAt());
    }

    @Test
    void aRecordThatNamesNoPackageIsRefusedUnlessItOnceDid() {
        // Given
        PublishedAdvisory nothing = published("2026-04-18T10:00:00Z", FIRST);

        // Then
        assertEquals(
                new IntakeOutcome.Refused("names no package of a known ecosystem"),
                Intake.decide(nothing, Optional.empty()));
        assertEquals(
                Set.of("a narrowed"),
                names(accept(nothing, Optional.of(new Remembered(Instant.EPOCH, FIRST, Set.of(npm("a")))))));
    }

    @Test
    void aPackageWithNeitherListNorRangeIsRefused() {
        // When
        IntakeOutcome refused = Intake.decide(of("2026-04-18T10:00:00Z", FIRST, entry("a", "")), Optional.empty());

        // Then
        assertEquals(
                new IntakeOutcome.Refused(
                        "npm:a: has neither a list of versions nor a range of type SEMVER or ECOSYSTEM"),
                refused);
    }

    @Test
    void aFlawedPackageIsNeitherAcceptedNorNarrowedAndTheOthersAreAccepted() {
        // When
        IntakeOutcome.Accepted accepted = accept(
                of("2026-04-18T10:00:00Z", FIRST, entry("a", "") + "," + entry("b", ", \"versions\": [\"1.0.0\"]")),
                Optional.of(new Remembered(Instant.EPOCH, FIRST, Set.of(npm("a"), npm("c")))));

        // Then
        assertEquals(Set.of("b", "c narrowed"), names(accepted));
        assertTrue(accepted.flaw().orElseThrow().startsWith("npm:a: "));
        assertEquals(Set.of(npm("a"), npm("b"), npm("c")), accepted.remember().packages());
    }

    @Test
    void revisionsThatNameEverNewPackagesAreRefusedInTheEnd() {
        // Given
        Set<PackageKey> many =
                IntStream.range(0, 9000).mapToObj(i -> npm("p".repeat(100) + i)).collect(Collectors.toSet());

        // Then
        assertInstanceOf(
                IntakeOutcome.Refused.class,
                Intake.decide(
                        published("2026-04-18T10:00:00Z", FIRST, "a"),
                        Optional.of(new Remembered(Instant.EPOCH, FIRST, many))));
    }

    @Test
    void whatIsRememberedSurvivesItsEncoding() {
        Remembered remembered =
                new Remembered(LATER, FIRST, Set.of(npm("@scope/a"), new PackageKey(Ecosystem.PYPI, "zope-interface")));

        assertEquals(remembered, Remembered.decode(remembered.encode()));
    }

    @ParameterizedTest
    @CsvSource({"osv, true", "ghsa-malware, true", "'', false", "OSV, false", "a b, false"})
    void aFeedHasAPlainName(String feed, boolean read) {
        PublishedAdvisory.Reading reading = PublishedAdvisory.read(
                new AdvisoryPublished(feed, json("2026-04-18T10:00:00Z", entry("a", "")), null), FIRST);

        assertEquals(read, reading instanceof PublishedAdvisory.Reading.Read);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            received,                 record's time,        counts
            -,                        2026-04-17T10:05:00Z, 2026-04-17T10:05:00Z
            2026-04-01T00:00:00Z,     2026-04-17T10:05:00Z, 2026-04-01T00:00:00Z
            2000-01-01T00:00:00Z,     2026-04-17T10:05:00Z, 2000-01-01T00:00:00Z
            1999-12-31T23:59:59.999Z, 2026-04-17T10:05:00Z, -
            1970-01-21T13:21:00Z,     2026-04-17T10:05:00Z, -
            2026-04-17T10:05:01Z,     2026-04-17T10:05:00Z, 2026-04-17T10:05:00Z
            9999-01-01T00:00:00Z,     2026-04-17T10:05:00Z, 2026-04-17T10:05:00Z
            2026-04-01T00:00:00Z,     1970-01-01T00:00:00Z, 2026-04-01T00:00:00Z
            -,                        1970-01-01T00:00:00Z, -
            """, useHeadersInDisplayName = true)
    void theTimeOfReceiptIsOneThatCanBe(Instant received, Instant recordTime, Instant counts) {
        // When
        PublishedAdvisory.Reading reading = PublishedAdvisory.read(
                new AdvisoryPublished("osv", json("2026-04-18T10:00:00Z", entry("a", "")), received), recordTime);

        // Then
        assertEquals(
                Optional.ofNullable(counts),
                switch (reading) {
                    case PublishedAdvisory.Reading.Read(PublishedAdvisory advisory) ->
                        Optional.of(advisory.receivedAt());
                    case PublishedAdvisory.Reading.Unreadable(String reason) -> {
                        assertTrue(reason.contains("before the year 2000"), reason);
                        yield Optional.empty();
                    }
                });
    }

    private static PackageKey npm(String name) {
        return new PackageKey(Ecosystem.NPM, name);
    }

    private static PublishedAdvisory published(String modified, Instant receivedAt, String... names) {
        return of(
                modified,
                receivedAt,
                Stream.of(names)
                        .map(name -> entry(name, ", \"versions\": [\"1.0.0\"]"))
                        .collect(Collectors.joining(",")));
    }

    private static PublishedAdvisory of(String modified, Instant receivedAt, String affected) {
        return assertInstanceOf(
                        PublishedAdvisory.Reading.Read.class,
                        PublishedAdvisory.read(
                                new AdvisoryPublished("osv", json(modified, affected), null), receivedAt))
                .advisory();
    }

    private static String json(String modified, String affected) {
        return "{\"id\": \"GHSA-1\", \"modified\": \"" + modified + "\", \"affected\": [" + affected + "]}";
    }

    private static String entry(String name, String versions) {
        return "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"" + name + "\"}" + versions + "}";
    }

    private static IntakeOutcome.Accepted accept(PublishedAdvisory published, Optional<Remembered> remembered) {
        return assertInstanceOf(IntakeOutcome.Accepted.class, Intake.decide(published, remembered));
    }

    private static Set<String> names(IntakeOutcome.Accepted accepted) {
        return accepted.advisories().stream()
                .map(advisory -> advisory.getPackageName() + (advisory.getNarrowed() ? " narrowed" : ""))
                .collect(Collectors.toSet());
    }
}
