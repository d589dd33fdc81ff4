package tocsin.matcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TokenIssuer;

/** An orderly stop ends soon whatever the group is doing: an operator's patience is short, and stores that are killed are rebuilt. */
class StopsInRebalanceTest {

    private static final Duration LONG = Duration.ofSeconds(90);

    /** Far below the limit of a close, 60 s, and below a session's, which is made long here. */
    private static final Duration SOON = Duration.ofSeconds(25);

    /** More by {@code -Dtocsin.stops=20} when one looks for a rare hang. */
    private static final int STOPS = Integer.getInteger("tocsin.stops", 1);

    private static final Pattern REBALANCES = Pattern.compile("\"state\":\"REBALANCING\"");
    private static final Pattern RUNS = Pattern.compile("\"state\":\"RUNNING\"");

    private static KafkaBroker broker;
    private static TokenIssuer issuer;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        issuer = TokenIssuer.start();
        for (Topic topic : List.of(
                Topics.ADVISORY_PUBLISHED,
                Topics.ADVISORY_ACCEPTED,
                Topics.ADVISORY_FANOUT,
                Topics.ADVISORY_SCAN,
                Topics.ADVISORY_MATCHED,
                Topics.DOWNLOAD_RECORDED,
                Topics.quarantineOf("advisory-matcher"))) {
            broker.createTopic(topic.name(), topic.devPartitions());
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
        issuer.close();
    }

    @Test
    void oneThatStopsWhileAnotherJoinsEndsSoonAndTheOtherRuns() {
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
                stays.awaitLine(RUNS, LONG);
            }
        } finally {
            stays.close();
        }
    }

    @Test
    void oneThatStopsWhileItJoinsEndsSoon() {
        try (ChildProcess stays = matcher(0).start()) {
            stays.awaitLine(RUNS, LONG);
            for (int i = 1; i <= STOPS; i++) {
                // Given
                ChildProcess joins = matcher(i).start();
                joins.awaitLine(REBALANCES, LONG);

                // When, then
                assertEquals(143, joins.terminate(SOON));
            }
        }
    }

    private ChildProcess.Builder matcher(int number) {
        return ChildProcess.named("matcher-stops-" + number)
                .main(MatcherMain.class)
                .jvmOptions(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow")
                .env("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers())
                .env(
                        "TOCSIN_MATCHER_STATE_DIR",
                        directory.resolve("state-" + number).toString())
                .env("TOCSIN_SECURITY_ISSUER", issuer.issuer())
                .env("TOCSIN_SECURITY_AUDIENCE", issuer.audience())
                .env("TOCSIN_SECURITY_JWKS_URL", issuer.jwksUrl())
                .env("MICRONAUT_SERVER_HOST", "127.0.0.1")
                .env("MICRONAUT_SERVER_PORT", Integer.toString(FreePorts.one()));
    }
}
