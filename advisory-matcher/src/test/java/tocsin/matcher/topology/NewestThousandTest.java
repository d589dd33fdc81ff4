package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import tocsin.matcher.topology.Samples.Osv;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;

/** Who fetched more than a match has room for is told of the newest thousand, and of when the next older one was; whatever came first. */
class NewestThousandTest {

    private static final int CAP = 1000;
    private static final List<String> VERSIONS = List.of("1.0.0", "1.1.0", "2.0.0");
    private static final Instant START = Instant.parse("2026-04-01T00:00:00Z");

    private final MatchPipe pipe = new MatchPipe();
    private int cases;

    /** @param minute after the start; some are the same */
    record Fetch(String version, int minute) {}

    private record Row(String eventId, String version, Instant fetchedAt) {}

    @BeforeProperty
    void nothingIsReceivedAfterItsRecordWasWritten() {
        pipe.clock.advance(Duration.ofDays(30));
    }

    @AfterProperty
    void close() {
        pipe.close();
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void isToldOfTheNewestAndOfWhenTheNextOlderWas(
            @ForAll("fetches") List<Fetch> fetches, @ForAll("affected") Set<String> affected) {
        // Given
        String name = "package-" + cases++;
        List<Row> rows = new ArrayList<>();
        for (Fetch fetch : fetches) {
            Row row = new Row(
                    "%s-%05d".formatted(name, rows.size()),
                    fetch.version(),
                    START.plus(Duration.ofMinutes(fetch.minute())));
            rows.add(row);
            pipe.download(Samples.download(row.eventId())
                    .setPackageName(name)
                    .setVersion(row.version())
                    .setFetchedAt(row.fetchedAt())
                    .setReceivedAt(row.fetchedAt()));
        }
        List<Row> newestFirst = rows.stream()
                .filter(row -> affected.contains(row.version()))
                .sorted(Comparator.comparing(Row::fetchedAt).reversed().thenComparing(Row::eventId))
                .toList();

        // When
        pipe.publish(advisory(name, affected));

        // Then
        List<AdvisoryMatched> matches = pipe.matches();
        assertEquals(newestFirst.isEmpty() ? 0 : 1, matches.size());
        matches.forEach(match -> {
            assertEquals(
                    newestFirst.stream().limit(CAP).map(Row::eventId).toList(),
                    match.getDownloads().stream()
                            .map(AffectedDownload::getEventId)
                            .toList());
            assertEquals(
                    newestFirst.size() > CAP ? Optional.of(newestFirst.get(CAP).fetchedAt()) : Optional.empty(),
                    match.getNextOlderAt());
            assertEquals(
                    newestFirst.stream().map(Row::version).collect(Collectors.toCollection(TreeSet::new)),
                    new TreeSet<>(match.getFetchedVersions()));
        });
    }

    private static Osv advisory(String name, Set<String> affected) {
        String versions = affected.stream().map(version -> '"' + version + '"').collect(Collectors.joining(", "));
        return Samples.osv("GHSA-" + name).named(name).affecting("\"versions\": [" + versions + "]");
    }

    /** Sometimes all of one version, so that its oldest rows are not even kept. */
    @Provide
    Arbitrary<List<Fetch>> fetches() {
        return Arbitraries.integers()
                .between(1, VERSIONS.size())
                .flatMap(versions -> Combinators.combine(
                                Arbitraries.of(VERSIONS.subList(0, versions)),
                                Arbitraries.integers().between(0, 10_000))
                        .as(Fetch::new)
                        .list()
                        .ofMinSize(995)
                        .ofMaxSize(1_200)
                        // As many of each length: jqwik would rather have short ones.
                        .withSizeDistribution(RandomDistribution.uniform()));
    }

    @Provide
    Arbitrary<Set<String>> affected() {
        return Arbitraries.of(VERSIONS).set().ofMinSize(1);
    }
}
