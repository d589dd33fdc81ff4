package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.errors.StreamsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryAccepted;

/** Reads {@code advisory.accepted} from its beginning to where it ends now, outside any group. */
final class AcceptedAdvisoryRepository implements AcceptedAdvisories {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptedAdvisoryRepository.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Duration patience;
    private final String accepted;
    private final String intake;
    private final MessageCodec<AdvisoryAccepted> codec = MessageCodec.of(AdvisoryAccepted.class);

    /**
     * @param accepted the topic, as the cluster knows it
     * @param patience how long a broker may bring nothing new of what it has
     * @param intake the topic that Streams keys advisories by feed and id with, as the cluster knows it
     */
    AcceptedAdvisoryRepository(
            Supplier<Consumer<byte[], byte[]>> consumers, Duration patience, String accepted, String intake) {
        this.consumers = consumers;
        this.patience = patience;
        this.accepted = accepted;
        this.intake = intake;
    }

    /** @throws StreamsException where nothing comes any more: a thread that waits here for ever would be taken for one that works */
    @Override
    public void read(int partition, java.util.function.Consumer<AdvisoryAccepted> each) {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            int intakePartitions = consumer.partitionsFor(intake).size();
            List<TopicPartition> partitions = consumer.partitionsFor(accepted).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(partitions));
            left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            long at = positions(consumer, partitions);
            long movedAt = System.nanoTime();
            while (!left.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    give(record, partition, intakePartitions, each);
                }
                left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
                long now = positions(consumer, partitions);
                if (now != at) {
                    at = now;
                    movedAt = System.nanoTime();
                } else if (System.nanoTime() - movedAt > patience.toNanos()) {
                    throw new StreamsException("nothing more came of " + accepted + " within " + patience.toSeconds()
                            + " s, " + left.size() + " partitions before their ends");
                }
            }
        }
    }

    /** Only forward: their sum tells whether any moved. */
    private static long positions(Consumer<?, ?> consumer, List<TopicPartition> partitions) {
        return partitions.stream().mapToLong(consumer::position).sum();
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
