package tocsin.tracker.history;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tocsin.service.kafka.KafkaClients;

/** How far a group is behind a topic, of all its instances. */
final class HistoryLagClient {

    private static final int SECONDS = 10;

    private final KafkaClients clients;
    private final String group;
    private final String topic;

    /** Group and topic are named without prefix. */
    HistoryLagClient(KafkaClients clients, String group, String topic) {
        this.clients = clients;
        // Groups have the prefix of topics.
        this.group = clients.topic(group);
        this.topic = clients.topic(topic);
    }

    /** @throws TimeoutException as the others if the brokers do not tell */
    long records() throws InterruptedException, ExecutionException, TimeoutException {
        Admin admin = clients.admin();
        Map<TopicPartition, OffsetSpec> partitions =
                admin.describeTopics(List.of(topic)).allTopicNames().get(SECONDS, TimeUnit.SECONDS).values().stream()
                        .flatMap(description -> description.partitions().stream())
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(SECONDS, TimeUnit.SECONDS);
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(partitions).all().get(SECONDS, TimeUnit.SECONDS);
        partitions.replaceAll((_, _) -> OffsetSpec.earliest());
        Map<TopicPartition, ListOffsetsResultInfo> beginnings =
                admin.listOffsets(partitions).all().get(SECONDS, TimeUnit.SECONDS);
        return partitions.keySet().stream()
                .mapToLong(partition -> {
                    long beginning = offset(beginnings, partition);
                    @Nullable OffsetAndMetadata position = committed.get(partition);
                    long next = position == null ? beginning : Math.max(beginning, position.offset());
                    return Math.max(0, offset(ends, partition) - next);
                })
                .sum();
    }

    private static long offset(Map<TopicPartition, ListOffsetsResultInfo> offsets, TopicPartition partition) {
        return Objects.requireNonNull(offsets.get(partition)).offset();
    }
}
