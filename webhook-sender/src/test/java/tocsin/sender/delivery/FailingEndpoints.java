package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.Outcome;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.Deliveries;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;

/** What the service remembers and tells of endpoints that fail, and a past that a test gives them. */
record FailingEndpoints(SenderService sender) {

    List<WebhookRequested> requests(Registered endpoint, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> SenderService.request(endpoint).build())
                .toList();
    }

    /** Why that message is where it is, as its owner is shown it. */
    String reason(Registered endpoint, WebhookRequested request) {
        return sender.shown(endpoint, request.getWebhookId()).path("reason").asText();
    }

    /** One attempt at a message that no topic has. */
    CompletableFuture<Outcome> attemptTo(Registered endpoint) {
        Delivery delivery = Deliveries.of(
                Topics.WEBHOOK_REQUESTED,
                SenderService.request(endpoint).build(),
                1,
                Clock.systemUTC().instant());
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                outcome.complete(sender.part(DeliveryHandler.class).deliver(delivery));
            } catch (Exception e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    int failures(Registered endpoint) {
        return sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select coalesce(sum(failures), 0) from endpoint_health where endpoint_id = ?")) {
                query.setString(1, endpoint.id());
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
    }

    void hasFailed(Registered endpoint, int times) {
        change(
                "insert into endpoint_health (failures, failing_since, endpoint_id) values (" + times + ", now(), ?)",
                endpoint);
    }

    void hasFailedForSixDays(Registered endpoint) {
        change(
                "update endpoint_health set failing_since = failing_since - interval '6 days' where endpoint_id = ?",
                endpoint);
    }

    /** Until now: its next attempt shows how it is doing. */
    void wasLeftAlone(Registered endpoint) {
        change(
                "insert into endpoint_health (failures, failing_since, opened_at, open_until, endpoint_id)"
                        + " values (30, now(), now() - interval '1 minute', now() - interval '1 second', ?)",
                endpoint);
    }

    private void change(String sql, Registered endpoint) {
        int changed = sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, endpoint.id());
                return statement.executeUpdate();
            }
        });
        assertEquals(1, changed);
    }

    List<PlatformEvent> notices(Registered endpoint) {
        MessageCodec<PlatformEvent> codec = MessageCodec.of(PlatformEvent.class);
        return noticeRecords(endpoint).stream()
                .map(record -> codec.decode(record.value()))
                .toList();
    }

    List<ConsumerRecord<byte[], byte[]>> noticeRecords(Registered endpoint) {
        return sender.broker().readAll(Topics.PLATFORM_EVENT.name()).stream()
                .filter(record -> Optional.ofNullable(record.key())
                        .filter(key -> new String(key, UTF_8).equals(endpoint.org()))
                        .isPresent())
                .toList();
    }
}
