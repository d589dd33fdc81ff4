package tocsin.matcher;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.TokenIssuer;

/** An orderly stop ends soon whatever the group is doing: an operator's patience is short, and stores that are killed are rebuilt. */
class StopsInRebalanceTest {

    private static final Duration LONG = Duration.ofSeconds(90);

    /** Far below the limit of a close, 60 s, and below a session's, which is made long here. */
    private static final Duration SOON = Duration.ofSeconds(25);

    /** Below a session's end, too, with room for a slow machine. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(50);

    /** More by {@code -Dtocsin.stops=20} when one looks for a rare hang. */
    private static final int STOPS = Integer.getInteger("tocsin.stops", 1);

    private static final int AUDIENCES = 40;

    private static final Pattern REBALANCES = Pattern.compile("\"state\":\"REBALANCING\"");

    /** What Kafka's client says once it has asked to become a member; the state is told before there is a thread that could ask. */
    private static final Pattern JOINS = Pattern.compile("\\(Re-\\)joining group");

    private static final Pattern RUNS = Pattern.compile("\"state\":\"RUNNING\"");

    private static KafkaBroker broker;
    private static TokenIssuer issuer;
    private static MatcherTopics topics;

    @TempDir(factory = StateDirectory.class)
    private Path directory;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        issuer = TokenIssuer.start();
        topics = new MatcherTopics(broker, "", Map.of());
    }

    @AfterAll
    static void stop() {
        broker.close();
        issuer.close();
    }

    @Test
    void oneThatStopsWhileAnotherJoinsEndsSoonAndTheOtherHasAllItsPartitionsSoon() {
        ChildProcess stays = matcher(0).start();
        try {
            stays.awaitLine(RUNS, LONG);
            for (int i = 1; i <= STOPS; i++) {
                // Given
                ChildProcess joins = matcher(i).start();
                joins.awaitLine(REBALANCES, LONG);

                // When
                assertEquals(143, stays.terminate(SOON));

                // Then
                stays = joins;
                String advisory = "MAL-" + i;
                tellOfAllPartitions(advisory);
                await().atMost(TAKEN_OVER).until(() -> audiencesTold(advisory) == AUDIENCES);
            }
        } finally {
            stays.close();
        }
    }

    @Test
    void oneThatStopsWhileItJoinsEndsSoonAndTheOtherHasAllItsPartitionsSoon() {
        try (ChildProcess stays = matcher(0).start()) {
            stays.awaitLine(RUNS, LONG);
            for (int i = 1; i <= STOPS; i++) {
                // Given
                ChildProcess joins = matcher(i).start();
                joins.awaitLine(JOINS, LONG);

                // When
                assertEquals(143, joins.terminate(SOON));

                // Then
                String advisory = "MAL-0-" + i;
                tellOfAllPartitions(advisory);
                await().atMost(TAKEN_OVER).until(() -> audiencesTold(advisory) == AUDIENCES);
            }
        }
    }

    /** Audiences enough for downloads in each partition. */
    private static void tellOfAllPartitions(String advisory) {
        for (int i = 0; i < AUDIENCES; i++) {
            topics.download(advisory + "-" + i, "event-stream", "org:example-" + i);
        }
        topics.publish(advisory, "event-stream");
    }

    private static long audiencesTold(String advisory) {
        return topics.matches().stream()
                .filter(match -> match.getAdvisory().getAdvisoryId().equals(advisory))
                .map(AdvisoryMatched::getAudience)
                .distinct()
                .count();
    }

    private ChildProcess.Builder matcher(int number) {
        return ServiceProcess.of("matcher-stops-" + number, MatcherMain.class, FreePorts.one(), broker, issuer)
                .env("KAFKA_CLIENT_SESSION_TIMEOUT_MS", "90000")
                .env(
                        "TOCSIN_MATCHER_STATE_DIR",
                        directory.resolve("state-" + number).toString());
    }
}
