package tocsin.bench;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tocsin.testsupport.KafkaBroker;

/** Reads topics as they are written and remembers when something of each probe could first be read there, so that it is seen where an alarm takes its time. */
final class HopConsumer implements AutoCloseable {

    private final Pattern probe;
    private final Clock clock;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, Map<String, Instant>> seen = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;

    /** @param probe what names one in the bytes of its messages */
    HopConsumer(KafkaBroker broker, List<String> topics, Pattern probe, Clock clock) {
        this.probe = probe;
        this.clock = clock;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "enable.auto.commit",
                        false,
                        "enable.metrics.push",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        this.thread = Thread.ofPlatform().name("hops").daemon().start(this::read);
    }

    private void read() {
        while (!closed.get()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                Matcher name = probe.matcher(new String(record.value(), StandardCharsets.ISO_8859_1));
                if (name.find()) {
                    seen.computeIfAbsent(record.topic(), _ -> new ConcurrentHashMap<>())
                            .putIfAbsent(name.group(), clock.instant());
                }
            }
        }
        consumer.close();
    }

    /** By the probe's name. */
    Map<String, Instant> seenIn(String topic) {
        return seen.getOrDefault(topic, Map.of());
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
