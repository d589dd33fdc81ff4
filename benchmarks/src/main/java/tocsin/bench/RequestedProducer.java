package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.KafkaBroker;

/** Asks the sender for webhooks, as the dispatcher does: a malicious package that five downloads of an organisation are told of. */
final class RequestedProducer implements AutoCloseable {

    static final String DATA = data();

    private final MessageCodec<WebhookRequested> codec = MessageCodec.of(WebhookRequested.class);
    private final Producer<byte[], byte[]> producer;
    private final String org;
    private final Clock clock;

    RequestedProducer(KafkaBroker broker, String org, Clock clock) {
        this.org = org;
        this.clock = clock;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        0,
                        "batch.size",
                        64 * 1024,
                        "enable.metrics.push",
                        false),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** As the dispatcher's payloads are made: whom it names has to be found in it by the log. */
    private static String data() {
        String downloads = IntStream.range(0, 5)
                .mapToObj(i -> "{\"timestamp\":\"2026-04-17T11:5" + i + ":00Z\",\"version\":\"1.3." + i
                        + "\",\"principal_type\":\"ci_cd\",\"principal_name\":\"build\",\"repository\":\"example/shop\","
                        + "\"principal_id\":\"bot-" + i + "\"}")
                .collect(Collectors.joining(","));
        return "{\"advisory\":{\"advisory_id\":\"MAL-2026-1234\",\"ecosystem\":\"npm\",\"package_name\":\"left-pad\","
                + "\"affected_versions\":[\"1.3.0\",\"1.3.1\",\"1.3.2\",\"1.3.3\",\"1.3.4\"],\"severity\":\"critical\","
                + "\"published_at\":\"2026-04-17T11:00:00Z\",\"reason\":\"Malicious code in left-pad\",\"aliases\":[],"
                + "\"affected_ranges\":[]},\"affected_downloads\":[" + downloads
                + "],\"summary\":{\"total_downloads\":5,\"truncated\":false}}";
    }

    /** Returns at once. */
    void send(String webhookId, String endpointId) {
        WebhookRequested request = WebhookRequested.newBuilder()
                .setWebhookId(webhookId)
                .setNotificationId("n-" + webhookId)
                .setOrgId(org)
                .setEndpointId(endpointId)
                .setType("guard.malicious_package_detected")
                .setOccurredAt(clock.instant())
                .setData(DATA)
                .build();
        var _ = producer.send(new ProducerRecord<>(
                Topics.WEBHOOK_REQUESTED.name(), endpointId.getBytes(UTF_8), codec.encode(request)));
    }

    /** Returns when the broker has all. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
