package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.testsupport.KafkaBroker;

/** Advisories as a feed publishes them: OSV records that name a range of one npm package, which all versions of the benches lie in. */
final class AdvisoryProducer implements AutoCloseable {

    private final MessageCodec<AdvisoryPublished> codec = MessageCodec.of(AdvisoryPublished.class);
    private final Producer<byte[], byte[]> producer;
    private final Clock clock;

    AdvisoryProducer(KafkaBroker broker, Clock clock) {
        this.clock = clock;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        0,
                        "enable.metrics.push",
                        false),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Leaves at once, and does not wait. */
    void publish(String id, String name) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String osv = """
                {"schema_version": "1.7.0", "id": "%s", "modified": "%s", "published": "%s",
                 "summary": "Malicious code in %s", "details": "It sends what it finds in the environment elsewhere.",
                 "affected": [{"package": {"ecosystem": "npm", "name": "%s"},
                   "ranges": [{"type": "SEMVER", "events": [{"introduced": "0.0.1"}, {"fixed": "1000.0.0"}]}]}]}
                """.formatted(id, now, now, name, name);
        var _ = producer.send(new ProducerRecord<>(
                Topics.ADVISORY_PUBLISHED.name(),
                id.getBytes(UTF_8),
                codec.encode(new AdvisoryPublished("bench", osv, now))));
    }

    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
