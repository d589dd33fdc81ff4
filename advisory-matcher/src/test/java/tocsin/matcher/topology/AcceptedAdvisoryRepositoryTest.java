package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class AcceptedAdvisoryRepositoryTest {

    @Test
    void givesUpWhereABrokerBringsNothingOfWhatItHas() {
        // Given
        MockConsumer<byte[], byte[]> silent = new MockConsumer<>("earliest");
        silent.updatePartitions("accepted", List.of(partition("accepted")));
        silent.updatePartitions("intake", List.of(partition("intake")));
        silent.updateBeginningOffsets(Map.of(new TopicPartition("accepted", 0), 0L));
        silent.updateEndOffsets(Map.of(new TopicPartition("accepted", 0), 5L));
        AcceptedAdvisoryRepository accepted =
                new AcceptedAdvisoryRepository(() -> silent, Duration.ofMillis(200), "accepted", "intake");

        // Then
        assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThrows(StreamsException.class, () -> accepted.read(0, _ -> {})));
    }

    private static PartitionInfo partition(String topic) {
        return new PartitionInfo(topic, 0, Node.noNode(), new Node[0], new Node[0]);
    }
}
