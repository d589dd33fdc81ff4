package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.service.kafka.KafkaClients;

/** Reads {@code advisory.accepted} from its beginning to where it ends now, outside any group. */
final class AcceptedAdvisoryRepository implements AcceptedAdvisories {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptedAdvisoryRepository.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaClients clients;
    private final String accepted;
    private final String intake;
    private final MessageCodec<AdvisoryAccepted> codec = MessageCodec.of(AdvisoryAccepted.class);

    /**
     * @param accepted the topic, as the cluster knows it
     * @param intake the topic that Streams keys advisories by feed and id with, as the cluster knows it
     */
    AcceptedAdvisoryRepository(KafkaClients clients, String accepted, String intake) {
        this.clients = clients;
        this.accepted = accepted;
        this.intake = intake;
    }

    @Override
    public void read(int partition, java.util.function.Consumer<AdvisoryAccepted> each) {
        try (Consumer<byte[], byte[]> consumer = clients.consumer("advisory-matcher-accepted", Map.of())) {
            int intakePartitions = consumer.partitionsFor(intake).size();
            List<TopicPartition> partitions = consumer.partitionsFor(accepted).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(partitions));
            left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            while (!left.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    give(record, partition, intakePartitions, each);
                }
                left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
    }

    private void give(
            ConsumerRecord<byte[], byte[]> record,
            int partition,
            int intakePartitions,
            java.util.function.Consumer<AdvisoryAccepted> each) {
        if (record.value() == null) {
            return;
        }
        AdvisoryAccepted advisory;
        try {
            advisory = codec.decode(record.value());
        } catch (UndecodableMessageException _) {
            // Quarantined where it is passed on to the downloads.
            LOG.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("advisory.not-remembered");
            return;
        }
        byte[] identity = PublishedAdvisory.identity(advisory.getFeed(), advisory.getAdvisoryId())
                .getBytes(UTF_8);
        if (BuiltInPartitioner.partitionForKey(identity, intakePartitions) == partition) {
            each.accept(advisory);
        }
    }
}
