package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.feed.OsvRecords.entry;
import static tocsin.matcher.feed.OsvRecords.listed;
import static tocsin.matcher.feed.OsvRecords.npm;
import static tocsin.matcher.feed.OsvRecords.revision;
import static tocsin.matcher.feed.OsvRecords.unreadable;
import static tocsin.matcher.feed.OsvRecords.withdrawn;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.VersionEvent;

/** What older revisions say of a package stands until a newer one can be read whole. */
class StandsBesideWhatCannotBeReadTest {

    private static final Instant FIRST = Instant.parse("2026-04-17T10:05:00Z");
    private static final Instant LATER = Instant.parse("2026-05-01T00:00:00Z");

    /** Both columns: listed versions and ranges' borders. A border that is no version makes its range unreadable. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        'versions': ['1.0']                     | [1.0] 0..2.0.0
        'versions': ['1.1']                     | [1.0, 1.1] 0..2.0.0
        'ranges': [{'events': [{'introduced': '3.0.0'}], 'type': 'SEMVER'}] | [1.0] 0..2.0.0 3.0.0
        """)
    void whatStandsStaysBesideAPartUntilARevisionCanBeReadWhole(String readable, String stands) {
        // Given
        String flaw = entry("a", ", 'ranges': [{'type': 'SEMVER', 'events': [{'introduced': 'x'}]}]")
                .replace('\'', '"');
        IntakeMemory memory = new IntakeMemory();
        memory.accept(revision("2026-04-17T10:00:00Z", FIRST, """
            {'package': {'ecosystem': 'npm', 'name': 'a'}, 'versions': ['1.0'], 'ranges': [
             {'type': 'SEMVER', 'events': [{'introduced': '0'}, {'fixed': '2.0.0'}]}]}\
            """.replace('\'', '"')));

        // When
        PublishedAdvisory flawed = revision(
                "2026-04-18T10:00:00Z", LATER, entry("a", ", " + readable).replace('\'', '"'), flaw);
        AdvisoryAccepted beside = memory.accept(flawed);
        AdvisoryAccepted again = memory.accept(flawed);
        AdvisoryAccepted whole = memory.accept(revision("2026-04-19T10:00:00Z", LATER, listed("a", "1.0")));

        // Then
        assertEquals(
                List.of(stands, stands, "[1.0]"),
                Stream.of(beside, again, whole)
                        .map(StandsBesideWhatCannotBeReadTest::says)
                        .toList());
        assertEquals(Instant.parse("2026-04-18T10:00:00Z"), beside.getRevision());
    }

    @Test
    void aPartOfAWithdrawalIsWithdrawnAndAPartOfWhatWasTakenBackStandsAlone() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        memory.accept(revision("2026-04-17T10:00:00Z", FIRST, listed("a", "1.0")));

        // When
        AdvisoryAccepted withdrawn =
                memory.accept(withdrawn("2026-04-18T10:00:00Z", LATER, listed("a", "1.2"), unreadable("a")));
        AdvisoryAccepted back =
                memory.accept(revision("2026-04-19T10:00:00Z", LATER, listed("a", "1.1"), unreadable("a")));

        // Then
        assertTrue(withdrawn.getWithdrawnAt().isPresent());
        assertEquals("[1.1]", says(back));
    }

    @Test
    void aPartThatIsTooMuchBesideWhatStandsReplacesItNot() {
        // Given
        String large = "0".repeat(99) + ".";
        String[] versions =
                IntStream.range(0, 1000).mapToObj(i -> "1." + large + i).toArray(String[]::new);
        String[] others =
                IntStream.range(0, 1000).mapToObj(i -> "2." + large + i).toArray(String[]::new);
        IntakeMemory memory = new IntakeMemory();
        memory.accept(revision("2026-04-17T10:00:00Z", FIRST, listed("a", versions)));

        // When
        List<AdvisoryAccepted> accepted = memory.acceptAll(
                revision("2026-04-18T10:00:00Z", LATER, listed("a", others), unreadable("a"), listed("b", "1.0")));

        // Then
        assertEquals(
                List.of("b"),
                accepted.stream().map(AdvisoryAccepted::getPackageName).toList());
        assertEquals(Set.of(npm("a")), memory.remembered().unread().keySet());
    }

    @Test
    void anOlderRevisionStandsForAPackageThatTheNewerOneNamesAndCannotBeReadFor() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        memory.acceptAll(revision("2026-04-18T10:00:00Z", FIRST, entry("a", ""), listed("b", "1.0.0")));

        // When
        List<AdvisoryAccepted> older = memory.acceptAll(revision(
                "2026-04-17T10:00:00Z", LATER, listed("a", "1.0.0"), listed("b", "1.0.0"), listed("c", "1.0.0")));

        // Then
        assertEquals(
                List.of("a"),
                older.stream().map(AdvisoryAccepted::getPackageName).toList());
        assertEquals(Instant.parse("2026-04-18T10:00:00Z"), memory.remembered().revision());
        assertInstanceOf(
                IntakeOutcome.OlderRevision.class,
                memory.decide(revision("2026-04-16T10:00:00Z", LATER, listed("a", "1.0.0"))));
    }

    /** As after a crash between the memory's changelog and the outputs. */
    @Test
    void whatIsRememberedOfANewerRevisionKeepsNoOlderAcceptanceBackThatStillStands() {
        // Given
        PublishedAdvisory sound = revision("2026-04-17T10:00:00Z", FIRST, listed("a", "1.0.0"), listed("b", "1.0.0"));
        PublishedAdvisory flawed = revision("2026-04-18T10:00:00Z", LATER, entry("a", ""), listed("b", "1.0.0"));
        IntakeMemory memory = new IntakeMemory();
        List<AdvisoryAccepted> before = memory.acceptAll(sound);
        memory.acceptAll(flawed);

        // When
        List<AdvisoryAccepted> again = memory.acceptAll(sound);

        // Then
        assertEquals(List.of(before.getFirst()), again);
    }

    /** A newer revision that can be read in part, and older ones that can be read whole, in any order. */
    @ParameterizedTest
    @CsvSource({"123", "132", "213", "231", "312", "321", "32312", "3211232"})
    void whatIsOlderStandsBesideAPartWhicheverCameFirst(String order) {
        // Given
        PublishedAdvisory first = revision("2026-04-16T10:00:00Z", FIRST, listed("a", "0.1"));
        PublishedAdvisory second = revision("2026-04-17T10:00:00Z", FIRST, listed("a", "1.0"));
        PublishedAdvisory part = revision("2026-04-18T10:00:00Z", FIRST, listed("a", "1.1"), unreadable("a"));
        IntakeMemory memory = new IntakeMemory();

        // When
        order.chars().forEach(revision -> memory.take(revision == '1' ? first : revision == '2' ? second : part));

        // Then
        AdvisoryAccepted stands = memory.last(npm("a")).orElseThrow();
        Set<String> versions = new TreeSet<>(stands.getVersions());
        // What stands beside the part is one statement with it: the second, which comes last, is put beside the first
        // too.
        boolean secondCameLast = order.indexOf('2') > Math.max(order.indexOf('1'), order.indexOf('3'));
        assertEquals(secondCameLast ? Set.of("0.1", "1.0", "1.1") : Set.of("1.0", "1.1"), versions);
        assertEquals(Instant.parse("2026-04-18T10:00:00Z"), stands.getRevision());
    }

    @Test
    void anOlderRevisionBringsNothingBackOfWhatAWithdrawalTookBackBeforeThePart() {
        // Given
        IntakeMemory memory = new IntakeMemory();
        memory.accept(withdrawn("2026-04-17T10:00:00Z", FIRST, listed("a", "1.0")));
        memory.accept(revision("2026-04-18T10:00:00Z", FIRST, listed("a", "1.1"), unreadable("a")));

        // Then
        assertInstanceOf(
                IntakeOutcome.OlderRevision.class,
                memory.decide(revision("2026-04-16T10:00:00Z", LATER, listed("a", "1.0"))));
    }

    private static String says(AdvisoryAccepted advisory) {
        return advisory.getVersions()
                + advisory.getRanges().stream()
                        .map(range -> range.getEvents().stream()
                                .map(VersionEvent::getVersion)
                                .collect(Collectors.joining("..", " ", "")))
                        .collect(Collectors.joining());
    }
}
