package tocsin.local.stack;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.Waiting;
import tocsin.schemas.Topic;

/** How far a consumer group has come. */
public final class ConsumerProgressClient implements AutoCloseable {

    private static final long LIMIT_SECONDS = 15;

    private final BrokerAddress broker;
    private final Admin admin;

    public ConsumerProgressClient(BrokerAddress broker) {
        this.broker = broker;
        Map<String, Object> settings = new HashMap<>(broker.client());
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("client.id", "tocsin-progress");
        settings.put("enable.metrics.push", "false");
        this.admin = Admin.create(settings);
    }

    /** @return whether the group committed all that is in the topic now, before the time was up */
    public boolean awaitCaughtUp(String group, Topic topic, Duration limit) {
        Map<TopicPartition, Long> ends = ends(broker.nameOf(topic));
        return Waiting.until(() -> hasPassed(group, ends), limit);
    }

    private Map<TopicPartition, Long> ends(String topic) {
        var partitions = answer(admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
                .flatMap(description -> description.partitions().stream())
                .toList();
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(
                partition -> asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        Map<TopicPartition, OffsetSpec> first = new HashMap<>();
        asked.keySet().forEach(partition -> first.put(partition, OffsetSpec.earliest()));
        Map<TopicPartition, ListOffsetsResultInfo> begins =
                answer(admin.listOffsets(first).all());
        Map<TopicPartition, Long> ends = new HashMap<>();
        answer(admin.listOffsets(asked).all()).forEach((partition, end) -> {
            // Where everything was deleted there is nothing to commit for a group that comes anew.
            ListOffsetsResultInfo begin = begins.get(partition);
            if (begin == null || begin.offset() < end.offset()) {
                ends.put(partition, end.offset());
            }
        });
        return ends;
    }

    private boolean hasPassed(String group, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset = committed.get(end.getKey());
            return end.getValue() == 0 || (offset != null && offset.offset() >= end.getValue());
        });
    }

    private static <T> T answer(java.util.concurrent.Future<T> future) {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException("the broker refused to tell a group's progress", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("the broker did not tell a group's progress in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking for a group's progress", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
