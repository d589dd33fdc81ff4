package tocsin.bench;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.testsupport.KafkaBroker;

/** Remembers when something of each probe could first be read in each of some topics, so that it is seen where an alarm takes its time. */
final class HopConsumer implements AutoCloseable {

    private final Pattern probe;
    private final Clock clock;
    private final Map<String, Map<String, Instant>> seen = new ConcurrentHashMap<>();
    private final FollowingConsumer following;

    /** @param probe what names one in the bytes of its messages */
    HopConsumer(KafkaBroker broker, List<String> topics, Pattern probe, Clock clock) {
        this.probe = probe;
        this.clock = clock;
        this.following = new FollowingConsumer(broker, topics, this::look);
    }

    private void look(ConsumerRecord<byte[], byte[]> record) {
        Matcher name = probe.matcher(new String(record.value(), StandardCharsets.ISO_8859_1));
        if (name.find()) {
            seen.computeIfAbsent(record.topic(), _ -> new ConcurrentHashMap<>())
                    .putIfAbsent(name.group(), clock.instant());
        }
    }

    /** By the probe's name. */
    Map<String, Instant> seenIn(String topic) {
        return seen.getOrDefault(topic, Map.of());
    }

    @Override
    public void close() {
        following.close();
    }
}
