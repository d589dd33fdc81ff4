package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.feed.OsvRecords.entry;
import static tocsin.matcher.feed.OsvRecords.json;
import static tocsin.matcher.feed.OsvRecords.listed;
import static tocsin.matcher.feed.OsvRecords.npm;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;

/** How much one record may make, and that no withdrawal is refused for what it says beside that it is one. */
class IntakeLimitsTest {

    private static final Instant RECEIVED = Instant.parse("2026-04-17T12:00:00Z");
    private static final String WITHDRAWN = "\"withdrawn\": \"2026-04-17T11:00:00Z\",";

    private final IntakeMemory memory = new IntakeMemory();
    private int revision;

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of("no name of a package", entry("a (withdrawn)", "")),
                Arguments.of("too much", entry("a", ", \"versions\": [" + manyVersions(600, 250) + "]")),
                Arguments.of(
                        "too much, beside another",
                        entry("a", ", \"versions\": [" + manyVersions(600, 250) + "]") + "," + entry("b", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void aWithdrawalWithdrawsAllThatWasNamedHoweverItCannotBeRead(String what, String affected) {
        // Given
        accepted("", listed("a", "1.0.0"), listed("b", "1.0.0"));

        // When
        IntakeOutcome.Accepted withdrawn = accepted(WITHDRAWN, affected);

        // Then
        assertEquals(
                Set.of("a", "b"),
                withdrawn.advisories().stream()
                        .filter(each -> each.getWithdrawnAt().isPresent())
                        .map(AdvisoryAccepted::getPackageName)
                        .collect(Collectors.toSet()));
        assertEquals(Map.of(), withdrawn.remember().unread());
    }

    @Test
    void aWithdrawalThatNamesVeryMuchElseTakesBackWhatWasTold() {
        // Given
        accepted("", listed("a", "1.0.0"), listed("b", "1.0.0"));

        // When
        IntakeOutcome.Accepted withdrawn = accepted(WITHDRAWN, entry("a", ""), packages('p', 4999));

        // Then
        assertEquals(
                Set.of("a", "b"),
                withdrawn.advisories().stream()
                        .map(AdvisoryAccepted::getPackageName)
                        .collect(Collectors.toSet()));
    }

    @Test
    void noMorePackagesAreFollowedThanOneRecordMayName() {
        // Given
        accepted("", packages('p', 3000));

        // When
        IntakeOutcome another = memory.decide(next("", packages('q', 2001)));

        // Then
        assertEquals(new IntakeOutcome.Refused("its revisions have named 5001 packages, too many to follow"), another);
        assertEquals(5000, accepted("", packages('q', 2000)).advisories().size());
    }

    /** Few enough, each with a name as long as it may be. */
    @Test
    void revisionsThatNameEverNewPackagesAreRefusedInTheEnd() {
        // Given
        Set<PackageKey> many = IntStream.range(1000, 5990)
                .mapToObj(i -> npm("p".repeat(200) + i))
                .collect(Collectors.toSet());

        // When
        IntakeOutcome refused = new IntakeMemory(new Remembered(Instant.EPOCH, RECEIVED, many, Map.of()))
                .decide(next("", listed("a", "1.0.0")));

        // Then
        assertEquals(new IntakeOutcome.Refused("its revisions have named 4991 packages, too many to follow"), refused);
    }

    /** 85 kB would be 100 MB of messages, and as much in the changelog. */
    @Test
    void whatIsToldOfEachPackageIsNotMultipliedWithoutEnd() {
        // Given
        String aliases = IntStream.range(0, 200)
                .mapToObj(i -> "\"A" + "b".repeat(120) + i + "\"")
                .collect(Collectors.joining(",", "\"aliases\": [", "],"));

        // Then
        assertEquals(300, accepted(aliases, packages('p', 300)).advisories().size());
        IntakeOutcome.Refused refused =
                assertInstanceOf(IntakeOutcome.Refused.class, memory.decide(next(aliases, packages('p', 1000))));
        assertTrue(refused.reason().startsWith("its aliases, summary and address are"), refused.reason());
    }

    @Test
    void whatNoTopicWouldTakeIsRefused() {
        // Given
        memory.holdBy(new Holding(1000, _ -> 2000, _ -> Optional.empty()));
        Set<String> versions = new TreeSet<>();
        for (int i = 0; versions.size() < 65_000; i++) {
            versions.add("" + (char) (0x4e00 + i % 5000) + (char) (0x4e00 + i / 5000));
        }
        accepted("", chunks(versions.stream().limit(32_000)));
        accepted("", chunks(versions.stream().skip(1)));

        // When
        IntakeOutcome held = memory.decide(next(
                "",
                chunks(versions.stream().skip(2)),
                entry("a", ", \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]")));

        // Then
        assertEquals(new IntakeOutcome.Refused("what is to be told of npm:a has more than 900000 bytes"), held);
    }

    private static String chunks(Stream<String> versions) {
        return versions.collect(Collectors.groupingBy(version -> version.charAt(0) % 10)).values().stream()
                .map(chunk -> entry("a", ", \"versions\": [\"" + String.join("\",\"", chunk) + "\"]"))
                .collect(Collectors.joining(","));
    }

    private static String manyVersions(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"1.0.0-" + "x".repeat(length) + i + "\"")
                .collect(Collectors.joining(","));
    }

    private static String packages(char first, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> listed(first + Integer.toString(i, 36), "1.0.0"))
                .collect(Collectors.joining(","));
    }

    private IntakeOutcome.Accepted accepted(String members, String... entries) {
        return memory.accepted(next(members, entries));
    }

    /** @param members of the record, each with a comma behind it */
    private PublishedAdvisory next(String members, String... entries) {
        Instant modified = Instant.parse("2026-04-17T10:00:00Z").plusSeconds(revision++);
        return OsvRecords.read(
                "{" + members + json(modified.toString(), entries).substring(1), RECEIVED);
    }
}
