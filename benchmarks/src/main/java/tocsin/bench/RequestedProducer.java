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

    private static String data() {
        String downloads = IntStream.range(0, 5)
                .mapToObj(i -> "{\"event_id\":\"0b8e5a7c-51f2-5c8f-9a55-3f1d60c0e5a" + i + "\","
                        + "\"package\":{\"ecosystem\":\"npm\",\"name\":\"left-pad\",\"version\":\"1.3." + i + "\"},"
                        + "\"principal\":{\"type\":\"ci_cd\",\"id\":\"bot-" + i
                        + "\",\"name\":\"build\",\"repository\":\"example/shop\"},"
                        + "\"downloaded_at\":\"2026-04-17T11:5" + i + ":00.000Z\"}")
                .collect(Collectors.joining(","));
        return "{\"advisory\":{\"advisory_id\":\"MAL-2026-1234\",\"severity\":\"critical\",\"package\":{\"ecosystem\":\"npm\","
                + "\"name\":\"left-pad\"},\"summary\":\"Malicious code in left-pad\",\"affected_versions\":[\"1.3.0\",\"1.3.1\",\"1.3.2\","
                + "\"1.3.3\",\"1.3.4\"]},\"downloads\":[" + downloads + "],\"truncated\":false}";
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
