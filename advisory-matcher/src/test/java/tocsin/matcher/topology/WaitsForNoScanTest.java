package tocsin.matcher.topology;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.matcher.StateDirectory;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.testsupport.ChildProcess;

/** A download is told while an advisory is far from its last audience. */
class WaitsForNoScanTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(300);

    /** One after the other they keep a scan busy for seconds. */
    private static final int AUDIENCES = 1_200;

    /** In one partition of what comes in and of what is told, so that what is told first shows what was met first. */
    private static final String LAST = "org:z";

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

    @Test
    void aDownloadIsToldBeforeAScanHasComeToItsEnd() {
        // Given
        try (ChildProcess _ = slicesOfOneAudience().start()) {
            for (int i = 0; i < AUDIENCES; i++) {
                cluster.download(Samples.download("e" + i)
                        .setAudience("org:example-%04d".formatted(i))
                        .setVersion("1.0.0"));
            }
            download("stored", "1.0.0");
            publish("MAL-before", "9.0.0");
            await().atMost(LONG).until(() -> cluster.lag() == 0);

            // When
            publish("MAL-new", "1.0.0");
            await().atMost(LONG).until(() -> !cluster.matches().isEmpty());
            download("late", "9.0.0");
            cluster.flush();
            await().atMost(LONG).pollInterval(LOOK).until(() -> told().size() == 2);
        }

        // Then
        assertEquals(List.of("MAL-before", "MAL-new"), told());
    }

    /** Each takes its time. */
    private ChildProcess.Builder slicesOfOneAudience() {
        return cluster.matcher("matcher-0", "state")
                .env("TOCSIN_MATCHER_SLICE_BUDGET", "0ms")
                .env("KAFKA_CLIENT_LINGER_MS", "20");
    }

    private void download(String eventId, String version) {
        cluster.download(Samples.download(eventId).setAudience(LAST).setVersion(version));
    }

    private void publish(String id, String version) {
        cluster.publish(id, Samples.published(Samples.osv(id).affecting("\"versions\": [\"" + version + "\"]")));
        cluster.flush();
    }

    /** Advisories in the order in which the last audience was told of them. */
    private List<String> told() {
        return cluster.matches().stream()
                .filter(match -> match.getAudience().equals(LAST))
                .map(AdvisoryMatched::getAdvisory)
                .map(advisory -> advisory.getAdvisoryId())
                .toList();
    }
}
