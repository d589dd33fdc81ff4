package tocsin.matcher.topology;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.StateDirectory;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.testsupport.ChildProcess;

/**
 * The state is acknowledged, what follows from it is not, and the process dies: whatever came in is told all the same once it is back,
 * with its disk or without. The broker refuses the matches, and nothing else, for as long as that takes.
 */
class NothingLostBetweenStateAndOutputTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    /** Some commits' worth. */
    private static final Duration SOME_COMMITS = Duration.ofMillis(3500);

    private static final Duration LOOK = Duration.ofMillis(300);

    private static final Pattern REFUSED = Pattern.compile("RecordTooLargeException");

    private static final int AUDIENCES = 40;

    /** One after the other they keep a scan busy for seconds. */
    private static final int AUDIENCES_OF_A_LONG_SCAN = 200;

    @TempDir(factory = StateDirectory.class)
    private Path directory;

    private MatcherCluster cluster;

    private final Map<String, Set<String>> expected = new TreeMap<>();

    @BeforeEach
    void start() {
        cluster = new MatcherCluster(directory);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** @param nextDisk an empty one: what it knew it has from the changelogs */
    @ParameterizedTest
    @CsvSource({"keeps, keeps", "loses, finds-nothing"})
    void whateverDoorItDiesInAllIsToldAfterwards(String disk, String nextDisk) {
        // Given
        String scanned = "scanned-" + disk;
        String asked = "asked-" + disk;
        String late = "late-" + disk;
        ChildProcess life = slowly(matcher(disk)).start();
        fetch(scanned, AUDIENCES_OF_A_LONG_SCAN);
        fetch(asked, AUDIENCES);
        publish(late);
        awaitNoLag();

        // When it is in the middle of a scan, has just heard of an advisory and of late downloads
        publish(scanned);
        await().atMost(LONG).until(() -> told().keySet().stream().anyMatch(key -> key.startsWith(scanned)));
        cluster.refuseMatches();
        publish(asked);
        fetch(late, AUDIENCES);

        // And its state is safe, while what it found is not
        await().atMost(LONG).until(() -> cluster.hasInChangelog(MatchTopology.ADVISORIES, asked));
        await().atMost(LONG).until(() -> cluster.hasInChangelog(MatchTopology.DOWNLOADS, late));
        life.awaitLine(REFUSED, LONG);
        await().atMost(LONG)
                .during(SOME_COMMITS)
                .until(() -> cluster.lag(List.of(Topics.ADVISORY_FANOUT)) > 0
                        && cluster.lag(List.of(Topics.ADVISORY_SCAN)) > 0
                        && cluster.lag(List.of(Topics.DOWNLOAD_RECORDED)) > 0);
        life.killHard();
        Map<String, Set<String>> toldBefore = told();
        cluster.takeMatches();

        // Then
        assertTrue(toldBefore.keySet().stream().noneMatch(key -> key.startsWith(asked) || key.startsWith(late)));
        assertTrue(toldBefore.size() < AUDIENCES_OF_A_LONG_SCAN, "the scan was over");
        try (ChildProcess _ = matcher(nextDisk).start()) {
            await().atMost(LONG).pollInterval(LOOK).untilAsserted(() -> assertEquals(expected, told()));
        }
        assertRepeatsHaveTheSameId();
        assertEquals(0, cluster.quarantined());
    }

    private ChildProcess.Builder matcher(String disk) {
        return cluster.matcher("matcher-gap", disk)
                .env("TOCSIN_MATCHER_COMMIT_INTERVAL", "500ms")
                .env("TOCSIN_MATCHER_THREADS", "1")
                // Each refusal costs a thread, and the next one waits for the session of the one before.
                .env("KAFKA_CLIENT_SESSION_TIMEOUT_MS", "1500")
                .env("KAFKA_CLIENT_HEARTBEAT_INTERVAL_MS", "300")
                .env("TOCSIN_MATCHER_THREAD_RESTARTS", "100000");
    }

    private static ChildProcess.Builder slowly(ChildProcess.Builder matcher) {
        return matcher
                // The first refusal ends the thread, and the next one starts with the scan again: so long it has for
                // all else, which begins with reading what was accepted before.
                .env("KAFKA_CLIENT_LINGER_MS", "1500")
                .env("TOCSIN_MATCHER_COMMIT_INTERVAL", "1500ms")
                // Each audience is a slice of its own, and each slice takes its time.
                .env("TOCSIN_MATCHER_SLICE_BUDGET", "0ms");
    }

    private void fetch(String name, int audiences) {
        for (int i = 0; i < audiences; i++) {
            String audience = "org:example-" + i;
            String event = name + "-" + i;
            cluster.download(Samples.download(event).setPackageName(name).setAudience(audience));
            expected.put(name + " " + audience, Set.of(event));
        }
        cluster.flush();
    }

    private void publish(String name) {
        cluster.publish(name, Samples.published(Samples.osv("MAL-" + name).named(name)));
        cluster.flush();
    }

    private void awaitNoLag() {
        await().atMost(LONG).until(() -> cluster.lag() == 0);
    }

    /** The downloads told of, by package and audience. */
    private Map<String, Set<String>> told() {
        Map<String, Set<String>> told = new TreeMap<>();
        for (AdvisoryMatched match : cluster.matches()) {
            Set<String> events = told.computeIfAbsent(
                    match.getAdvisory().getPackageName() + " " + match.getAudience(), _ -> new TreeSet<>());
            match.getDownloads().stream().map(AffectedDownload::getEventId).forEach(events::add);
        }
        return told;
    }

    private void assertRepeatsHaveTheSameId() {
        Map<String, String> ids = new HashMap<>();
        for (AdvisoryMatched match : cluster.matches()) {
            // Whichever door told it: the other has another id.
            String what = match.getAdvisory().getPackageName() + " " + match.getAudience() + " " + match.getLate();
            assertEquals(ids.computeIfAbsent(what, _ -> match.getMatchId()), match.getMatchId(), what);
        }
    }
}
