package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import tocsin.testsupport.KafkaBroker;

/** The broker of the tests of {@link BatchLoop}, which ends with the JVM, and what it knows of a loop's group. */
final class LoopTopics {

    static final KafkaBroker BROKER = KafkaBroker.start();
    static final KafkaClients CLIENTS = KafkaClients.of(KafkaConfig.plain(BROKER.bootstrapServers()));

    private LoopTopics() {}

    static ConditionFactory within() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    static BatchLoopSettings settings(Topic topic) {
        return BatchLoopSettings.of("group-" + topic.name(), topic.name())
                .withBackoff(Duration.ofMillis(50), Duration.ofMillis(200));
    }

    static List<String> texts(List<ConsumerRecord<byte[], byte[]>> batch) {
        return batch.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    static int members(Topic topic) {
        String group = "group-" + topic.name();
        try {
            return CLIENTS.admin().describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .mapToInt(described -> described.members().size())
                    .sum();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static long committed(Topic topic) {
        try {
            return CLIENTS
                    .admin()
                    .listConsumerGroupOffsets("group-" + topic.name())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
