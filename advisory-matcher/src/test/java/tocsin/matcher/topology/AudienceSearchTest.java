package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.match.Matching;
import tocsin.matcher.topology.AudienceSearch.Fetched;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;

class AudienceSearchTest {

    private static final int AT_ONCE = 256;

    private final MatchPipe pipe = new MatchPipe();
    private final DownloadRepository downloads = new DownloadRepository(
            pipe.store(MatchTopology.DOWNLOADS),
            new ErasureRepository(pipe.store(MatchTopology.ERASURES), new StateChanges(), pipe.clock));

    @AfterEach
    void close() {
        pipe.close();
    }

    /** However many fetched it, and wherever each of the versions has its first ones: memory is bounded. */
    @Test
    void findsTheFirstOfAllVersionsAndNoMoreThanAreFoundAtOnce() {
        // Given
        IntStream.range(0, 900)
                .forEach(i ->
                        pipe.download(download("e" + i).setAudience(audience(i)).setVersion("1.0." + (2 - i / 300))));
        EvaluatedAdvisory advisory = evaluated();
        AudienceSearch search = search("");

        // When
        find(search, advisory);

        // Then
        assertEquals(
                IntStream.range(0, AT_ONCE)
                        .mapToObj(AudienceSearchTest::audience)
                        .toList(),
                List.copyOf(search.found("").keySet()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE})
    void findsAllOneAfterTheOther(int audiences) {
        // Given
        IntStream.range(0, audiences)
                .forEach(i -> pipe.download(download("e" + i).setAudience(audience(i))));
        EvaluatedAdvisory advisory = evaluated();
        AudienceSearch search = search("");
        List<String> found = new ArrayList<>();

        // When
        find(search, advisory);
        found.addAll(search.found("").keySet());
        while (!search.isLast()) {
            search.next(found.getLast());
            find(search, advisory);
            found.addAll(search.found("").keySet());
        }

        // Then
        assertEquals(
                IntStream.range(0, audiences)
                        .mapToObj(AudienceSearchTest::audience)
                        .toList(),
                found);
    }

    @Test
    void findsOnlyThoseAfterTheOneItBeginsBehind() {
        // Given
        IntStream.range(0, 3).forEach(i -> pipe.download(download("e" + i).setAudience(audience(i))));
        EvaluatedAdvisory advisory = evaluated();
        AudienceSearch search = search(audience(1));

        // When
        find(search, advisory);

        // Then
        assertEquals(List.of(audience(2)), List.copyOf(search.found("").keySet()));
    }

    @Test
    void tellsOfEachOnlyTheVersionsThatAreAffected() {
        // Given
        pipe.download(download("e1").setAudience("org:a").setVersion("3.3.5"));
        pipe.download(download("e2").setAudience("org:a").setVersion("3.3.6"));
        pipe.download(download("e3").setAudience("org:a").setVersion("3.3.7"));
        pipe.download(download("e4").setAudience("org:b").setVersion("3.3.7"));
        pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.5\", \"3.3.6\"]"));
        EvaluatedAdvisory advisory = evaluate();
        AudienceSearch search = search("");

        // When
        find(search, advisory);

        // Then
        assertEquals(
                List.of("org:a [3.3.5, 3.3.6]"),
                search.found("").entrySet().stream()
                        .map(each -> each.getKey() + " "
                                + each.getValue().stream().map(Fetched::version).toList())
                        .toList());
        assertEquals(2, search.countsUntil().size());
    }

    private AudienceSearch search(String after) {
        return new AudienceSearch(downloads, Scope.ofPublic(new PackageKey(Ecosystem.NPM, "event-stream")), after);
    }

    private static void find(AudienceSearch search, EvaluatedAdvisory advisory) {
        while (!search.step(advisory)) {
            // Some steps more.
        }
    }

    private EvaluatedAdvisory evaluated() {
        pipe.publish(osv("GHSA-1").allVersions());
        return evaluate();
    }

    private EvaluatedAdvisory evaluate() {
        return new Matching(Duration.ofDays(7)).evaluate(Samples.only(pipe.accepted()));
    }

    private static String audience(int number) {
        return "org:example-%03d".formatted(number);
    }
}
