package tocsin.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.testsupport.ChildProcess;

/** Killed hard at each failpoint in turn, in mid-work. {@code -Dtocsin.test.kills=100} is the long form. */
class SurvivesKillsTest {

    private static final Logger LOG = LoggerFactory.getLogger(SurvivesKillsTest.class);

    private static final int KILLS = Integer.getInteger("tocsin.test.kills", 4);
    private static final int RECORDS_FOR_EACH = 40;
    private static final Duration DELAY = Duration.ofMillis(200);
    private static final List<String> FAILPOINTS =
            List.of(Failpoint.AFTER_POLL, Failpoint.AFTER_SEND, Failpoint.AFTER_PRODUCE, Failpoint.IN_REVOKE);

    private final EngineFixture fixture = EngineFixture.with(4, DELAY);
    private final Set<String> bodies = new HashSet<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void losesNothingAndRepeatsNoMoreThanWasInFlight() throws IOException {
        try (var receiver = new BookedReceiver()) {
            // Given
            long inFlight = 0;
            // When
            for (int kill = 0; kill < KILLS; kill++) {
                killAt(FAILPOINTS.get(kill % FAILPOINTS.size()), kill / FAILPOINTS.size() % 3, receiver);
                inFlight += inFlight(receiver);
            }
            fixture.start(handler(receiver));
            // Then
            await().atMost(EngineFixture.PATIENCE)
                    .untilAsserted(() -> assertEquals(Set.of(), missing(receiver.settled())));
            fixture.awaitAllCommitted();
            Map<String, Integer> repeated = receiver.repeated();
            long more = repeated.values().stream().mapToInt(it -> it).sum();
            LOG.atInfo()
                    .addKeyValue("kills", KILLS)
                    .addKeyValue("records", bodies.size())
                    .addKeyValue("repeated", more)
                    .addKeyValue("inFlight", inFlight)
                    .log("kills.survived");
            assertEquals(
                    bodies,
                    receiver.sent().stream().map(BookedReceiver.Sent::body).collect(Collectors.toSet()));
            assertTrue(more <= inFlight, more + " repeated, " + inFlight + " were in flight: " + repeated);
            assertEquals(List.of(), fixture.dead());
        }
    }

    private void killAt(String failpoint, int passes, BookedReceiver receiver) {
        send();
        ChildProcess doomed = ChildProcess.named("killed-engine")
                .main(KilledMain.class)
                .jvmOptions("-Xmx128m", "-XX:TieredStopAtLevel=1")
                .args(
                        fixture.broker().bootstrapServers(),
                        fixture.config().groupId(),
                        DELAY.toString(),
                        Integer.toString(receiver.port()),
                        failpoint,
                        // Partitions are revoked but once.
                        failpoint.equals(Failpoint.IN_REVOKE) ? "0" : Integer.toString(passes))
                .start();
        try {
            if (failpoint.equals(Failpoint.IN_REVOKE)) {
                int before = receiver.sent().size();
                await().atMost(EngineFixture.PATIENCE)
                        .until(() -> receiver.sent().size() > before);
                DeliveryEngine joining = fixture.start(handler(receiver));
                awaitFailpoint(doomed, failpoint);
                doomed.killHard();
                joining.close();
            } else {
                awaitFailpoint(doomed, failpoint);
            }
        } finally {
            doomed.killHard();
        }
    }

    private static void awaitFailpoint(ChildProcess doomed, String failpoint) {
        doomed.awaitLine(Pattern.compile("failpoint " + failpoint), EngineFixture.PATIENCE);
    }

    private static DeliveryHandler handler(Receiver receiver) {
        return receiver.handler(new Failpoint("", 0));
    }

    private void send() {
        for (int n = 0; n < RECORDS_FOR_EACH; n++) {
            String body = "body " + bodies.size();
            bodies.add(body);
            fixture.send("key " + n % 10, body);
        }
        fixture.flush();
    }

    /** What was sent, and may have been told to nobody. */
    private long inFlight(BookedReceiver receiver) {
        Map<TopicPartition, Long> committed = fixture.allCommitted();
        return receiver.sent().stream()
                .map(BookedReceiver.Sent::place)
                .distinct()
                .filter(place -> place.offset()
                        >= committed.getOrDefault(new TopicPartition(place.topic(), place.partition()), 0L))
                .count();
    }

    private Set<String> missing(Set<String> settled) {
        Set<String> missing = new TreeSet<>(bodies);
        missing.removeAll(settled);
        return missing;
    }
}
