package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashMap;
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
import tocsin.schemas.avro.AdvisoryPublished;

/** How much one record may make, and that no withdrawal is refused for what it says beside that it is one. */
class IntakeLimitsTest {

    private static final Instant RECEIVED = Instant.parse("2026-04-17T12:00:00Z");
    private static final String LISTED = ", \"versions\": [\"1.0.0\"]";

    private final Map<PackageKey, AdvisoryAccepted> last = new HashMap<>();
    private Optional<Remembered> remembered = Optional.empty();
    private Holding holding = Holding.ofNothing();
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
        accepted("", entry("a", LISTED) + "," + entry("b", LISTED));

        // When
        IntakeOutcome.Accepted withdrawn = accepted("\"withdrawn\": \"2026-04-17T11:00:00Z\",", affected);

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
        accepted("", entry("a", LISTED) + "," + entry("b", LISTED));

        // When
        IntakeOutcome.Accepted withdrawn =
                accepted("\"withdrawn\": \"2026-04-17T11:00:00Z\",", entry("a", "") + "," + packages('p', 4999));

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
        IntakeOutcome another = decide("", packages('q', 2001));

        // Then
        assertEquals(new IntakeOutcome.Refused("its revisions have named 5001 packages, too many to follow"), another);
        assertEquals(5000, accepted("", packages('q', 2000)).advisories().size());
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
                assertInstanceOf(IntakeOutcome.Refused.class, decide(aliases, packages('p', 1000)));
        assertTrue(refused.reason().startsWith("its aliases, summary and address are"), refused.reason());
    }

    @Test
    void whatNoTopicWouldTakeIsRefused() {
        // Given
        holding = new Holding(1000, _ -> 2000, _ -> Optional.empty());
        Set<String> versions = new TreeSet<>();
        for (int i = 0; versions.size() < 65_000; i++) {
            versions.add("" + (char) (0x4e00 + i % 5000) + (char) (0x4e00 + i / 5000));
        }
        accepted("", chunks(versions.stream().limit(32_000)));
        accepted("", chunks(versions.stream().skip(1)));

        // When
        IntakeOutcome held = decide(
                "",
                chunks(versions.stream().skip(2)) + ","
                        + entry("a", ", \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]"));

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
                .mapToObj(i -> entry(first + Integer.toString(i, 36), LISTED))
                .collect(Collectors.joining(","));
    }

    private static String entry(String name, String versions) {
        return "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"" + name + "\"}" + versions + "}";
    }

    private IntakeOutcome decide(String members, String affected) {
        Instant modified = Instant.parse("2026-04-17T10:00:00Z").plusSeconds(revision++);
        String json = "{\"id\": \"X-1\", \"modified\": \"" + modified + "\", " + members + " \"affected\": [" + affected
                + "]}";
        PublishedAdvisory published = assertInstanceOf(
                        PublishedAdvisory.Reading.Read.class,
                        PublishedAdvisory.read(new AdvisoryPublished("osv", json, RECEIVED), RECEIVED))
                .advisory();
        return Intake.decide(published, remembered, key -> Optional.ofNullable(last.get(key)), holding);
    }

    private IntakeOutcome.Accepted accepted(String members, String affected) {
        IntakeOutcome.Accepted accepted = assertInstanceOf(IntakeOutcome.Accepted.class, decide(members, affected));
        accepted.advisories().forEach(each -> last.put(PackageKey.parse("npm:" + each.getPackageName()), each));
        remembered = Optional.of(accepted.remember());
        return accepted;
    }
}
