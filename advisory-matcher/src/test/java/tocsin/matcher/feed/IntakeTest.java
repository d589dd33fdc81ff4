package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.VersionEvent;

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
                published(published, FIRST, "a"),
                Optional.of(new Remembered(remembered, FIRST, Set.of(npm("a")), Map.of())),
                IntakeTest::none,
                Holding.ofNothing());

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
                new Remembered(Instant.parse("2026-04-17T10:00:00Z"), FIRST, Set.of(npm("a"), npm("b")), Map.of()),
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
                Optional.of(
                        new Remembered(Instant.parse("2026-04-17T10:00:00Z"), remembered, Set.of(npm("a")), Map.of())));

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
                Intake.decide(nothing, Optional.empty(), IntakeTest::none, Holding.ofNothing()));
        assertEquals(
                Set.of("a narrowed"),
                names(accept(nothing, Optional.of(new Remembered(Instant.EPOCH, FIRST, Set.of(npm("a")), Map.of())))));
    }

    /** It lies outside of its ecosystem's folder, and may be read before what it takes back. */
    @Test
    void aWithdrawalThatComesFirstIsRemembered() {
        // Given
        Memory memory = new Memory();
        List<AdvisoryAccepted> withdrawn = memory.acceptAll(withdrawn("2026-04-18T10:00:00Z", FIRST, ""));

        // When
        IntakeOutcome late = memory.decide(published("2026-04-17T10:00:00Z", LATER, "a"));

        // Then
        assertEquals(List.of(), withdrawn);
        assertInstanceOf(IntakeOutcome.OlderRevision.class, late);
    }

    @Test
    void aPackageWithNeitherListNorRangeIsRefused() {
        // When
        IntakeOutcome refused = Intake.decide(
                of("2026-04-18T10:00:00Z", FIRST, entry("a", "")),
                Optional.empty(),
                IntakeTest::none,
                Holding.ofNothing());

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
                Optional.of(new Remembered(Instant.EPOCH, FIRST, Set.of(npm("a"), npm("c")), Map.of())));

        // Then
        assertEquals(Set.of("b", "c narrowed"), names(accepted));
        assertTrue(accepted.flaw().orElseThrow().startsWith("npm:a: "));
        assertEquals(Set.of(npm("a"), npm("b"), npm("c")), accepted.remember().packages());
    }

    /** Both columns: listed versions and ranges' borders. A border that is no version makes its range unreadable. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        'versions': ['1.0']                     | [1.0] 0..2.0.0
        'versions': ['1.1']                     | [1.0, 1.1] 0..2.0.0
        'ranges': [{'events': [{'introduced': '3.0.0'}], 'type': 'SEMVER'}] | [1.0] 0..2.0.0 3.0.0
        """)
    void whatStandsStaysBesideAPartUntilARevisionCanBeReadWhole(String readable, String stands) {
        // Given
        String flaw = entry("a", ", 'ranges': [{'type': 'SEMVER', 'events': [{'introduced': 'x'}]}]");
        Memory memory = new Memory();
        memory.accept(of("2026-04-17T10:00:00Z", FIRST, """
            {'package': {'ecosystem': 'npm', 'name': 'a'}, 'versions': ['1.0'], 'ranges': [
             {'type': 'SEMVER', 'events': [{'introduced': '0'}, {'fixed': '2.0.0'}]}]}\
            """.replace('\'', '"')));

        // When
        PublishedAdvisory flawed =
                of("2026-04-18T10:00:00Z", LATER, (entry("a", ", " + readable) + "," + flaw).replace('\'', '"'));
        AdvisoryAccepted beside = memory.accept(flawed);
        AdvisoryAccepted again = memory.accept(flawed);
        AdvisoryAccepted whole = memory.accept(of("2026-04-19T10:00:00Z", LATER, entry("a", listed("1.0"))));

        // Then
        assertEquals(
                List.of(stands, stands, "[1.0]"),
                Stream.of(beside, again, whole).map(IntakeTest::says).toList());
        assertEquals(Instant.parse("2026-04-18T10:00:00Z"), beside.getRevision());
    }

    @Test
    void aPartOfAWithdrawalIsWithdrawnAndAPartOfWhatWasTakenBackStandsAlone() {
        // Given
        String part = entry("a", listed("1.1")) + "," + entry("a", ", \"ranges\": 7");
        Memory memory = new Memory();
        memory.accept(of("2026-04-17T10:00:00Z", FIRST, entry("a", listed("1.0"))));

        // When
        AdvisoryAccepted withdrawn =
                memory.accept(withdrawn("2026-04-18T10:00:00Z", LATER, part.replace("1.1", "1.2")));
        AdvisoryAccepted back = memory.accept(of("2026-04-19T10:00:00Z", LATER, part));

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
        Memory memory = new Memory();
        memory.accept(of("2026-04-17T10:00:00Z", FIRST, entry("a", listed(versions))));

        // When
        List<AdvisoryAccepted> accepted = memory.acceptAll(of(
                "2026-04-18T10:00:00Z",
                LATER,
                entry("a", listed(others)) + "," + entry("a", ", \"ranges\": 7") + "," + entry("b", listed("1.0"))));

        // Then
        assertEquals(
                List.of("b"),
                accepted.stream().map(AdvisoryAccepted::getPackageName).toList());
        assertEquals(Set.of(npm("a")), memory.remembered.orElseThrow().unread().keySet());
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
                        Optional.of(new Remembered(Instant.EPOCH, FIRST, many, Map.of())),
                        IntakeTest::none,
                        Holding.ofNothing()));
    }

    @Test
    void whatIsRememberedSurvivesItsEncoding() {
        Remembered remembered = new Remembered(
                LATER,
                FIRST,
                Set.of(npm("@scope/a"), new PackageKey(Ecosystem.PYPI, "zope-interface")),
                Map.of(npm("b"), FIRST, npm("c"), Instant.EPOCH));

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
                new AdvisoryPublished("osv", json("1999-04-18T10:00:00Z", entry("a", "")), received), recordTime);

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

    @Test
    void whatARevisionAddsIsNamedSinceThatRevisionAndItsWordsAloneMoveNothing() {
        // Given
        Memory memory = new Memory();
        Instant latest = LATER.plusSeconds(60);

        // When
        AdvisoryAccepted first = memory.accept(of("2026-04-17T10:00:00Z", FIRST, entry("a", listed("1.0.0"))));
        AdvisoryAccepted words = memory.accept(of("2026-04-18T10:00:00Z", LATER, entry("a", listed("1.0.0"))));
        AdvisoryAccepted wider =
                memory.accept(of("2026-04-19T10:00:00Z", latest, entry("a", listed("1.0.1", "1.0.0"))));

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
        Memory memory = new Memory();
        memory.accept(of("2026-04-17T10:00:00Z", FIRST, entry("a", listed("1.0.0"))));

        // When
        AdvisoryAccepted withdrawn =
                memory.accept(withdrawn("2026-04-18T10:00:00Z", LATER, entry("a", listed("1.0.0"))));
        AdvisoryAccepted back =
                memory.accept(of("2026-04-19T10:00:00Z", LATER.plusSeconds(60), entry("a", listed("1.0.0"))));

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
    void aWithdrawalWithoutPackagesIsOneOfEachPackageOnceNamed() {
        // Given
        Memory memory = new Memory();
        memory.accept(of("2026-04-17T10:00:00Z", FIRST, entry("a", listed("1.0.0")) + "," + entry("b", listed("2"))));

        // When
        List<AdvisoryAccepted> accepted = memory.acceptAll(withdrawn("2026-04-18T10:00:00Z", LATER, ""));

        // Then
        assertEquals(
                Set.of("a [1.0.0] false 2026-04-18T10:00:00Z", "b [2] false 2026-04-18T10:00:00Z"),
                accepted.stream()
                        .map(a -> a.getPackageName() + " "
                                + a.getEarlier().orElse(List.of()).getLast().getVersions() + " " + a.getNarrowed() + " "
                                + a.getWithdrawnAt().orElseThrow())
                        .collect(Collectors.toSet()));
    }

    @Test
    void anOlderRevisionStandsForAPackageThatTheNewerOneNamesAndCannotBeReadFor() {
        // Given
        Memory memory = new Memory();
        memory.acceptAll(of("2026-04-18T10:00:00Z", FIRST, entry("a", "") + "," + entry("b", listed("1.0.0"))));

        // When
        List<AdvisoryAccepted> older = memory.acceptAll(of(
                "2026-04-17T10:00:00Z",
                LATER,
                entry("a", listed("1.0.0")) + "," + entry("b", listed("1.0.0")) + "," + entry("c", listed("1.0.0"))));

        // Then
        assertEquals(
                List.of("a"),
                older.stream().map(AdvisoryAccepted::getPackageName).toList());
        assertEquals(
                Instant.parse("2026-04-18T10:00:00Z"),
                memory.remembered.orElseThrow().revision());
        assertInstanceOf(
                IntakeOutcome.OlderRevision.class,
                memory.decide(of("2026-04-16T10:00:00Z", LATER, entry("a", listed("1.0.0")))));
    }

    /** As after a crash between the memory's changelog and the outputs. */
    @Test
    void whatIsRememberedOfANewerRevisionKeepsNoOlderAcceptanceBackThatStillStands() {
        // Given
        PublishedAdvisory sound =
                of("2026-04-17T10:00:00Z", FIRST, entry("a", listed("1.0.0")) + "," + entry("b", listed("1.0.0")));
        PublishedAdvisory flawed =
                of("2026-04-18T10:00:00Z", LATER, entry("a", "") + "," + entry("b", listed("1.0.0")));
        Memory memory = new Memory();
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
        PublishedAdvisory first = of("2026-04-16T10:00:00Z", FIRST, entry("a", listed("0.1")));
        PublishedAdvisory second = of("2026-04-17T10:00:00Z", FIRST, entry("a", listed("1.0")));
        PublishedAdvisory part =
                of("2026-04-18T10:00:00Z", FIRST, entry("a", listed("1.1")) + "," + entry("a", ", \"ranges\": 7"));
        Memory memory = new Memory();

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
    void whatTheLateOlderRevisionNamesCountsFromItsOwnReceipt() {
        // Given
        Memory memory = new Memory();
        memory.accept(
                of("2026-04-18T10:00:00Z", FIRST, entry("a", listed("1.1")) + "," + entry("a", ", \"ranges\": 7")));

        // When
        PublishedAdvisory older = of("2026-04-17T10:00:00Z", LATER, entry("a", listed("1.0")));
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

    @Test
    void anOlderRevisionBringsNothingBackOfWhatAWithdrawalTookBackBeforeThePart() {
        // Given
        Memory memory = new Memory();
        memory.accept(withdrawn("2026-04-17T10:00:00Z", FIRST, entry("a", listed("1.0"))));
        memory.accept(
                of("2026-04-18T10:00:00Z", FIRST, entry("a", listed("1.1")) + "," + entry("a", ", \"ranges\": 7")));

        // Then
        assertInstanceOf(
                IntakeOutcome.OlderRevision.class,
                memory.decide(of("2026-04-16T10:00:00Z", LATER, entry("a", listed("1.0")))));
    }

    private static Optional<AdvisoryAccepted> none(PackageKey packageKey) {
        return Optional.empty();
    }

    /** What the store keeps between two revisions. */
    private static final class Memory {

        private final Map<PackageKey, AdvisoryAccepted> last = new HashMap<>();
        private Optional<Remembered> remembered = Optional.empty();

        IntakeOutcome decide(PublishedAdvisory published) {
            return Intake.decide(published, remembered, this::last, Holding.ofNothing());
        }

        Optional<AdvisoryAccepted> last(PackageKey packageKey) {
            return Optional.ofNullable(last.get(packageKey));
        }

        void take(PublishedAdvisory published) {
            if (decide(published) instanceof IntakeOutcome.Accepted accepted) {
                remembered = Optional.of(accepted.remember());
                accepted.advisories().forEach(each -> last.put(npm(each.getPackageName()), each));
            }
        }

        List<AdvisoryAccepted> acceptAll(PublishedAdvisory published) {
            IntakeOutcome.Accepted accepted = assertInstanceOf(IntakeOutcome.Accepted.class, decide(published));
            remembered = Optional.of(accepted.remember());
            accepted.advisories().forEach(each -> last.put(npm(each.getPackageName()), each));
            return accepted.advisories();
        }

        AdvisoryAccepted accept(PublishedAdvisory published) {
            return acceptAll(published).getFirst();
        }
    }

    private static List<Instant> receipts(AdvisoryAccepted... advisories) {
        return Stream.of(advisories).map(a -> a.getReceivedAt().orElseThrow()).toList();
    }

    private static String listed(String... versions) {
        return Stream.of(versions).map(v -> "\"" + v + "\"").collect(Collectors.joining(",", ", \"versions\": [", "]"));
    }

    private static PublishedAdvisory withdrawn(String modified, Instant receivedAt, String affected) {
        String json = json(modified, affected);
        return read(json.substring(0, json.length() - 1) + ", \"withdrawn\": \"" + modified + "\"}", receivedAt);
    }

    private static String says(AdvisoryAccepted advisory) {
        return advisory.getVersions()
                + advisory.getRanges().stream()
                        .map(range -> range.getEvents().stream()
                                .map(VersionEvent::getVersion)
                                .collect(Collectors.joining("..", " ", "")))
                        .collect(Collectors.joining());
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
        return read(json(modified, affected), receivedAt);
    }

    private static PublishedAdvisory read(String json, Instant receivedAt) {
        return assertInstanceOf(
                        PublishedAdvisory.Reading.Read.class,
                        PublishedAdvisory.read(new AdvisoryPublished("osv", json, null), receivedAt))
                .advisory();
    }

    private static String json(String modified, String affected) {
        return "{\"id\": \"GHSA-1\", \"modified\": \"" + modified + "\", \"affected\": [" + affected + "]}";
    }

    private static String entry(String name, String versions) {
        return "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"" + name + "\"}" + versions + "}";
    }

    private static IntakeOutcome.Accepted accept(PublishedAdvisory published, Optional<Remembered> remembered) {
        return assertInstanceOf(
                IntakeOutcome.Accepted.class,
                Intake.decide(published, remembered, IntakeTest::none, Holding.ofNothing()));
    }

    private static Set<String> names(IntakeOutcome.Accepted accepted) {
        return accepted.advisories().stream()
                .map(advisory -> advisory.getPackageName() + (advisory.getNarrowed() ? " narrowed" : ""))
                .collect(Collectors.toSet());
    }
}
