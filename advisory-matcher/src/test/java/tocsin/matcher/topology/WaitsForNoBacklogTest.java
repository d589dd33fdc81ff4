package tocsin.matcher.topology;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.StateDirectory;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.testsupport.ChildProcess;

/**
 * An advisory overtakes the downloads that wait, though all of them are older. Seen by what is stored when it is scanned, not by a watch:
 * a download that was stored before is told of by the scan, one that is stored after it is late.
 */
class WaitsForNoBacklogTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(300);

    private static final int BACKLOG = 120_000;

    /** Of the backlog, evenly spread, each of an audience of its own. */
    private static final int AFFECTED = 120;

    @TempDir(factory = StateDirectory.class)
    private Path directory;

    private MatcherCluster cluster;

    @BeforeEach
    void start() {
        cluster = new MatcherCluster(directory);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** @param maxTaskIdle ours; and Kafka's default, with which a task takes nothing newer until it has the next record of each partition */
    @ParameterizedTest
    @ValueSource(strings = {"-1", "0"})
    void anAdvisoryIsScannedBeforeMostOfTheBacklogIsStored(String maxTaskIdle) {
        // Given
        for (int i = 1; i <= BACKLOG; i++) {
            boolean affected = i % (BACKLOG / AFFECTED) == 0;
            cluster.download(
                    Samples.download("e" + i).setAudience("org:example-" + i).setVersion(affected ? "1.0.0" : "2.0.0"));
        }
        cluster.flush();
        cluster.publish("MAL-1", Samples.published(Samples.osv("MAL-1").affecting("\"versions\": [\"1.0.0\"]")));
        cluster.flush();

        // When
        try (ChildProcess _ =
                oneThread().env("KAFKA_CLIENT_MAX_TASK_IDLE_MS", maxTaskIdle).start()) {
            await().atMost(LONG).pollInterval(LOOK).until(() -> audiencesTold() == AFFECTED);
        }

        // Then
        long storedBefore = cluster.matches().stream()
                .filter(match -> !match.getLate())
                .map(AdvisoryMatched::getAudience)
                .distinct()
                .count();
        assertTrue(storedBefore <= AFFECTED / 3, () -> storedBefore + " of " + AFFECTED + " were stored before it");
    }

    /** Of two, one may be far into its partitions before the other has any, the intake's among them. */
    private ChildProcess.Builder oneThread() {
        return cluster.matcher("matcher-0", "state").env("TOCSIN_MATCHER_THREADS", "1");
    }

    private long audiencesTold() {
        return cluster.matches().stream()
                .map(AdvisoryMatched::getAudience)
                .distinct()
                .count();
    }
}
