package tocsin.service.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;

/** A member that dies says nothing: its group takes it for alive until its session is over. */
class MissedMemberTest {

    private static final Duration START = Duration.ofSeconds(60);
    /** A session and a slow machine; half of what Kafka's own session takes. */
    private static final Duration SOON = Duration.ofSeconds(22);

    private static final Duration TURN = Duration.ofMillis(100);
    private static final String TOPIC = "read";

    /** Takes part in the group until it is killed. */
    static final class Member {

        private Member() {}

        public static void main(String[] args) {
            try (KafkaClients clients = clients(args[0]);
                    Consumer<byte[], byte[]> consumer = joined(clients)) {
                System.out.println("joined");
                while (true) {
                    consumer.poll(TURN);
                }
            }
        }
    }

    private static KafkaClients clients(String bootstrapServers) {
        return KafkaClients.of(new KafkaConfig(bootstrapServers, "", Map.of()));
    }

    private static Consumer<byte[], byte[]> joined(KafkaClients clients) {
        Consumer<byte[], byte[]> consumer = clients.consumer("group", "member", Map.of());
        consumer.subscribe(List.of(TOPIC));
        awaitAll(consumer, START);
        return consumer;
    }

    private static void awaitAll(Consumer<byte[], byte[]> consumer, Duration limit) {
        Awaitility.await().atMost(limit).pollInterval(TURN).until(() -> {
            consumer.poll(TURN);
            return consumer.assignment().size() == 2;
        });
    }

    @Test
    void theNextHasItsPartitionsSoon() {
        try (KafkaBroker broker = KafkaBroker.start()) {
            // Given
            broker.createTopic(TOPIC, 2, Map.of());
            try (ChildProcess dead = ChildProcess.named("member")
                    .main(Member.class)
                    .args(broker.bootstrapServers())
                    .start()) {
                dead.awaitLine(Pattern.compile("joined"), START);
                // When
                dead.killHard();
            }
            try (KafkaClients clients = clients(broker.bootstrapServers());
                    Consumer<byte[], byte[]> next = clients.consumer("group", "member", Map.of())) {
                next.subscribe(List.of(TOPIC));
                // Then
                awaitAll(next, SOON);
                assertEquals(2, next.assignment().size());
            }
        }
    }
}
