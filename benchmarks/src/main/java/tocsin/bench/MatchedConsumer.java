package tocsin.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.testsupport.KafkaBroker;

/** Reads {@code advisory.matched} as it comes, and remembers when. Times are of {@link System#nanoTime}. */
final class MatchedConsumer implements AutoCloseable {

    private final MessageCodec<AdvisoryMatched> codec = MessageCodec.of(AdvisoryMatched.class);
    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, Scan> scans = new ConcurrentHashMap<>();
    private final Map<String, Long> lateDownloads = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;

    /**
     * What a scan has told by now.
     *
     * @param lastAt when its last match came
     */
    record Scan(long matches, long lastAt) {}

    MatchedConsumer(KafkaBroker broker) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "enable.auto.commit",
                        false,
                        "isolation.level",
                        "read_committed",
                        "max.poll.records",
                        5_000,
                        "enable.metrics.push",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.ADVISORY_MATCHED.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        this.thread = Thread.ofPlatform().name("matched").daemon().start(this::read);
    }

    private void read() {
        while (!closed.get()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                AdvisoryMatched match = codec.decode(record.value());
                long now = System.nanoTime();
                if (match.getLate()) {
                    lateDownloads.putIfAbsent(match.getDownloads().getFirst().getEventId(), now);
                } else {
                    scans.merge(
                            match.getAdvisory().getAdvisoryId(),
                            new Scan(1, now),
                            (before, one) -> new Scan(before.matches() + 1, one.lastAt()));
                }
            }
        }
        consumer.close();
    }

    long matches(String advisoryId) {
        return scan(advisoryId).matches();
    }

    Scan scan(String advisoryId) {
        return scans.getOrDefault(advisoryId, new Scan(0, 0));
    }

    /** When the download was told of that came after its advisory. */
    Optional<Long> toldAt(String eventId) {
        return Optional.ofNullable(lateDownloads.get(eventId));
    }

    @Override
    public void close() {
        closed.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
