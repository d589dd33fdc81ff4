package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.sender.SenderService;

/** What the other services were told of one endpoint: its records on {@code webhook.endpoint}, the first one first. */
record Announcements(SenderService sender, String endpointId) {

    private static final MessageCodec<WebhookEndpoint> CODEC = MessageCodec.of(WebhookEndpoint.class);

    /** Empty: that it was deleted. */
    List<Optional<WebhookEndpoint>> await(int count) {
        return Awaitility.await().atMost(SenderService.LIMIT).until(this::all, all -> all.size() == count);
    }

    private List<Optional<WebhookEndpoint>> all() {
        return sender.broker().readAll(Topics.WEBHOOK_ENDPOINT.name()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(endpointId))
                .map(record -> Optional.ofNullable(record.value()).map(CODEC::decode))
                .toList();
    }
}
