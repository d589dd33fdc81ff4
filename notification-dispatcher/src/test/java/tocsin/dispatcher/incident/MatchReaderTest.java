package tocsin.dispatcher.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.dispatcher.Samples;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

class MatchReaderTest {

    static Stream<Arguments> senseless() {
        return Stream.of(
                refused("a match id that is no UUID", it -> it.setMatchId("1")),
                refused("an audience of no kind", it -> it.setAudience("everybody")),
                refused("an audience that is no id", it -> it.setAudience("org:a b")),
                refused(
                        "another ecosystem",
                        it -> it.setAdvisory(
                                Samples.advisory().setEcosystem("cargo").build())),
                refused(
                        "a package without name",
                        it -> it.setAdvisory(
                                Samples.advisory().setPackageName("").build())),
                refused(
                        "a NUL in an id",
                        it -> it.setAdvisory(
                                Samples.advisory().setAdvisoryId("a\0b").build())),
                refused(
                        "an id without end",
                        it -> it.setAdvisory(Samples.advisory()
                                .setAdvisoryId("a".repeat(257))
                                .build())),
                refused(
                        "aliases without end",
                        it -> it.setAdvisory(Samples.advisory()
                                .setAliases(Collections.nCopies(201, "GHSA-1"))
                                .build())),
                refused("1001 downloads", it -> it.setDownloads(Samples.downloads(1001, "2026-04-15T08:00:00Z"))),
                refused(
                        "the oldest first",
                        it -> it.setDownloads(
                                Samples.downloads(3, "2026-04-15T08:00:00Z").reversed())),
                refused(
                        "a download after the year 9999",
                        it -> it.setDownloads(List.of(AffectedDownload.newBuilder(
                                        Samples.download("e1", "2026-04-15T08:00:00Z", Samples.human("u1")))
                                .setFetchedAt(Instant.ofEpochMilli(Long.MAX_VALUE))
                                .build()))));
    }

    private static Arguments refused(String what, UnaryOperator<AdvisoryMatched.Builder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("senseless")
    void refuses(String what, UnaryOperator<AdvisoryMatched.Builder> change) {
        // Given
        AdvisoryMatched.Builder matched = change.apply(Samples.matched("org:acme", Samples.advisory(), List.of()));

        // When / Then
        assertThrows(IllegalArgumentException.class, () -> Samples.read(matched), what);
    }

    /** What OsvParser and AffectedVersionsReader of the matcher let through at most. */
    @Test
    void takesWhatTheIntakeTakes() {
        // Given 200 aliases, and 128 Ki characters of versions and borders, which are one character each
        List<String> aliases =
                IntStream.range(0, 200).mapToObj(i -> "GHSA-" + i).toList();
        List<VersionRange> ranges = Collections.nCopies(
                20,
                VersionRange.newBuilder()
                        .setEvents(Collections.nCopies(
                                5_000,
                                VersionEvent.newBuilder()
                                        .setKind(VersionEventKind.INTRODUCED)
                                        .setVersion("1")
                                        .build()))
                        .build());
        List<String> versions =
                IntStream.range(0, 30_000).mapToObj(Integer::toString).toList();

        // When
        Match match = Samples.read(Samples.matched(
                        "org:acme",
                        Samples.advisory().setAliases(aliases).setRanges(ranges).setVersions(versions),
                        List.of())
                .setFetchedVersions(versions));

        // Then
        assertEquals(aliases, match.advisory().aliases());
        assertEquals(20, match.advisory().ranges().size());
        assertEquals(versions, match.advisory().versions());
        assertEquals(versions, match.fetchedVersions());
    }

    @Test
    void refusesWhatIsNoMatch() {
        // When / Then
        assertThrows(UndecodableMessageException.class, () -> MatchReader.read(new byte[] {1, 2, 3}));
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.org/a, true",
        "http://example.org/a, false",
        "javascript:alert(1), false",
        "https:, false",
        "'https://example.org/ a', false",
    })
    void keepsAnAdvisorysPageOnlyIfItIsOneOnTheWeb(String url, boolean kept) {
        // When
        Match match =
                Samples.read(Samples.matched("org:acme", Samples.advisory().setAdvisoryUrl(url), List.of()));

        // Then
        assertEquals(
                kept ? Optional.of(url) : Optional.empty(), match.advisory().url());
    }
}
