package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;

/** Tables of text on topics of a broker; what begins with "bad" they cannot read. */
final class Tables {

    static final Duration LONG = Duration.ofSeconds(60);

    private final KafkaBroker broker = KafkaBroker.start();
    private final KafkaClients clients = KafkaClients.of(KafkaConfig.plain(broker.bootstrapServers()));
    private final Quarantine quarantine = quarantine("sample");

    private Tables() {}

    private static final class Shared {
        static final Tables INSTANCE = new Tables();
    }

    /** For all tests of tables, each with topics of its own. */
    static Tables shared() {
        return Shared.INSTANCE;
    }

    static ConditionFactory within() {
        return Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(50));
    }

    static String decoded(byte[] value) {
        String text = new String(value, UTF_8);
        if (text.startsWith("bad")) {
            throw new IllegalArgumentException("it is " + text);
        }
        return text;
    }

    KafkaBroker broker() {
        return broker;
    }

    KafkaClients clients() {
        return clients;
    }

    /** With a topic of its own. */
    Quarantine quarantine(String service) {
        broker.createTopic(service + ".quarantine", 1);
        return new Quarantine(clients, service, MovableClock.at("2026-01-02T03:04:05Z"), new SimpleMeterRegistry());
    }

    Quarantine quarantine() {
        return quarantine;
    }

    TopicTable<String> on(String topic) {
        return new TopicTable<>(clients, topic, Tables::decoded, quarantine);
    }
}
