package tocsin.matcher.topology;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import tocsin.matcher.StateDirectory;
import tocsin.matcher.topology.MatchOracle.Fetch;
import tocsin.matcher.topology.MatchOracle.Publication;
import tocsin.matcher.topology.MatchOracle.Step;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.testsupport.ChildProcess;

/**
 * Several instances on many partitions tell what the oracle foretells, whatever comes first and whoever goes: one of them is killed in
 * the middle of a scan, and each of the others is replaced while records flow. More by {@code -Dtocsin.instances=3
 * -Dtocsin.instances.cases=2000 -Dtocsin.instances.rounds=5}.
 */
class InstancesComeAndGoTest {

    private static final int INSTANCES = Integer.getInteger("tocsin.instances", 2);
    private static final int CASES = Integer.getInteger("tocsin.instances.cases", 200);
    private static final int ROUNDS = Integer.getInteger("tocsin.instances.rounds", 1);

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(500);

    /** One after the other they keep a scan busy for seconds. */
    private static final int AUDIENCES_OF_A_LONG_SCAN = 400;

    /** More than are kept of what no advisory needs. */
    private static final int NEWER = 1_200;

    private final List<ChildProcess> instances = new ArrayList<>();
    private final Map<String, Set<String>> expectedOfScans = new HashMap<>();
    private final Path directory;
    private final MatcherCluster cluster;

    InstancesComeAndGoTest() throws IOException {
        directory = StateDirectory.create();
        cluster = new MatcherCluster(directory);
    }

    @AfterProperty
    void stop() throws IOException {
        instances.forEach(ChildProcess::close);
        cluster.close();
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void theyTellWhatTheOracleForetells(@ForAll("histories") List<List<Step>> cases) {
        // Given
        IntStream.range(0, INSTANCES).forEach(number -> instances.add(instance(number)));
        MatchOracle oracle = new MatchOracle();
        List<Step> steps = interleaved(cases);
        int parts = 1 + 2 * ROUNDS;

        // When
        send(steps, 0, parts, oracle);
        for (int round = 0; round < ROUNDS; round++) {
            killInTheMiddleOfAScan(round % INSTANCES, "scanned-" + round);
            send(steps, 1 + 2 * round, parts, oracle);
            instances.set(round % INSTANCES, instance(round % INSTANCES));
            for (int other = 0; other < INSTANCES; other++) {
                if (other != round % INSTANCES) {
                    assertEquals(143, instances.get(other).terminate(LONG));
                    instances.set(other, instance(other));
                }
            }
            send(steps, 2 + 2 * round, parts, oracle);
        }

        // Then
        Map<String, Set<String>> must = new TreeMap<>(oracle.mustBeTold());
        await().atMost(LONG).pollInterval(LOOK).until(() -> cluster.lag() == 0);
        List<AdvisoryMatched> matches = cluster.matches();
        Map<String, Set<String>> told = MatchOracle.told(matches);
        Map<String, Set<String>> toldOfThose = new TreeMap<>(told);
        toldOfThose.keySet().retainAll(must.keySet());
        assertEquals(must, toldOfThose);
        assertEquals(expectedOfScans, toldByPackage(matches));
        Map<String, Set<String>> may = oracle.mayBeTold();
        told.forEach((key, events) ->
                assertTrue(isOfScan(key) || may.getOrDefault(key, Set.of()).containsAll(events), key));
        assertRepeatsHaveTheSameId(matches);
        assertEquals(0, cluster.quarantined());
    }

    @Provide
    Arbitrary<List<List<Step>>> histories() {
        return MatchCases.all().list().ofSize(CASES);
    }

    private ChildProcess instance(int number) {
        return cluster.matcher("matcher-" + number, "state-" + number)
                .env("KAFKA_CLIENT_SESSION_TIMEOUT_MS", "6000")
                // Each audience is a slice of its own, and each slice takes its time.
                .env("TOCSIN_MATCHER_SLICE_BUDGET", "0ms")
                .env("KAFKA_CLIENT_LINGER_MS", "20")
                .start();
    }

    /** Many fetched it before the advisory; of the last in order, whom the scan finds last, comes much more while it runs. */
    private void killInTheMiddleOfAScan(int number, String name) {
        for (int i = 0; i < AUDIENCES_OF_A_LONG_SCAN; i++) {
            String audience = "org:example-%03d".formatted(i);
            String event = name + "-" + i;
            cluster.download(Samples.download(event).setPackageName(name).setAudience(audience));
            expectedOfScans.put(name + " " + audience, Set.of(event));
        }
        cluster.flush();
        await().atMost(LONG).pollInterval(LOOK).until(() -> cluster.lag() == 0);
        cluster.publish(name, Samples.published(Samples.osv("MAL-" + name).named(name)));
        for (int i = 0; i < NEWER; i++) {
            cluster.download(Samples.download(name + "-newer-" + i)
                    .setPackageName(name)
                    .setAudience("org:example-%03d".formatted(AUDIENCES_OF_A_LONG_SCAN - 1))
                    .setFetchedAt(Samples.PUBLISHED.plusSeconds(60 + i))
                    .setReceivedAt(Samples.PUBLISHED.plusSeconds(60 + i)));
        }
        cluster.flush();
        await().atMost(LONG).until(() -> !toldByPackage(cluster.matches()).isEmpty());
        instances.get(number).killHard();
        assertTrue(
                toldByPackage(cluster.matches()).size() < expectedOfScans.size(), "the scan was over before the death");
    }

    private void send(List<Step> steps, int part, int parts, MatchOracle oracle) {
        int from = steps.size() * part / parts;
        int to = steps.size() * (part + 1) / parts;
        for (Step step : steps.subList(from, to)) {
            var _ = oracle.expect(step);
            switch (step) {
                case Fetch fetch -> cluster.download(fetch.message());
                case Publication publication -> cluster.publish(publication.id(), publication.message());
            }
        }
        cluster.flush();
    }

    /** A step of each, then the next of each. */
    private static List<Step> interleaved(List<List<Step>> cases) {
        List<List<Step>> named = IntStream.range(0, cases.size())
                .mapToObj(i -> MatchCases.named(cases.get(i), "case" + i))
                .toList();
        List<Step> steps = new ArrayList<>();
        int longest = named.stream().mapToInt(List::size).max().orElseThrow();
        for (int i = 0; i < longest; i++) {
            for (List<Step> each : named) {
                if (i < each.size()) {
                    steps.add(each.get(i));
                }
            }
        }
        return steps;
    }

    private static Map<String, Set<String>> toldByPackage(List<AdvisoryMatched> matches) {
        return MatchOracle.told(matches.stream()
                        .filter(match -> isOfScan(match.getAdvisory().getPackageName()))
                        .toList())
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        told -> told.getKey().substring(told.getKey().indexOf("Z ") + 2), Map.Entry::getValue));
    }

    private static boolean isOfScan(String text) {
        return text.contains("scanned-");
    }

    /** One id for each match of a scan, one for each match of one, however often it was told. */
    private static void assertRepeatsHaveTheSameId(List<AdvisoryMatched> matches) {
        Map<String, String> ids = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        for (AdvisoryMatched match : matches) {
            String what = MatchOracle.told(List.of(match)).keySet().iterator().next()
                    + (match.getLate()
                            ? match.getDownloads().stream()
                                    .map(AffectedDownload::getEventId)
                                    .toList()
                            : "");
            assertEquals(ids.computeIfAbsent(what, _ -> match.getMatchId()), match.getMatchId(), what);
            assertEquals(names.computeIfAbsent(match.getMatchId(), _ -> what), what);
        }
    }
}
