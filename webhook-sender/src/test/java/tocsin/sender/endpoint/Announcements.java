package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.sender.SenderService;

/** What the other services were told of one endpoint: its records on {@code webhook.endpoint}, the first one first, without repeats, as each start makes them. */
record Announcements(SenderService sender, String endpointId) {

    private static final MessageCodec<WebhookEndpoint> CODEC = MessageCodec.of(WebhookEndpoint.class);

    /** Empty: that it was deleted. */
    List<Optional<WebhookEndpoint>> await(int count) {
        return Awaitility.await().atMost(SenderService.LIMIT).until(this::all, all -> all.size() == count);
    }

    private List<Optional<WebhookEndpoint>> all() {
        List<Optional<WebhookEndpoint>> told = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : sender.broker().readAll(Topics.WEBHOOK_ENDPOINT.name())) {
            Optional<WebhookEndpoint> next = Optional.ofNullable(record.value()).map(CODEC::decode);
            if (new String(record.key(), UTF_8).equals(endpointId)
                    && (told.isEmpty() || !told.getLast().equals(next))) {
                told.add(next);
            }
        }
        return told;
    }
}
