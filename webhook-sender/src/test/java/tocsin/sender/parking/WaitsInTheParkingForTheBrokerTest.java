package tocsin.sender.parking;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.service.outbox.Outbox;
import tocsin.testsupport.WebhookReceiver;

/** What may as well wait in the database does: it is seen there, and an erasure finds it. */
class WaitsInTheParkingForTheBrokerTest {

    private static final String WHY = "what came first still waits for the broker";

    /** Whoever cannot count is behind after thirty seconds. */
    private static final Duration SOONER_THAN_WITHOUT_A_COUNT = Duration.ofSeconds(20);

    private final SenderService sender = SenderService.shared();

    /** As while another instance's relay tries in vain: nobody else may, and the first record gets older and older. */
    private static final class OutboxOfARelayThatFails implements AutoCloseable {

        private static final String OLD = "created_at < now() - interval '30 minutes'";

        private final Connection lock;
        private final Connection rows;

        OutboxOfARelayThatFails(Connection lock, Connection rows) throws SQLException {
            this.lock = lock;
            this.rows = rows;
            lock.setAutoCommit(false);
            run(lock, "select pg_advisory_xact_lock(hashtextextended('webhook_sender.outbox', 0))");
            run(
                    rows,
                    "insert into webhook_sender.outbox (topic, created_at) values ('none', now() - interval '1 hour')");
        }

        /** No relay has seen the row. */
        @Override
        public void close() throws SQLException {
            run(rows, "delete from webhook_sender.outbox where topic = 'none' and " + OLD);
            lock.rollback();
        }

        private static void run(Connection connection, String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    private void park(Registered endpoint, WebhookRequested request) {
        sender.part(ParkingRepository.class)
                .park(List.of(new ParkedDelivery(
                        request.getWebhookId(),
                        endpoint.id(),
                        0,
                        Topics.WEBHOOK_REQUESTED.name(),
                        SenderService.encoded(request),
                        Map.of(),
                        "key busy",
                        Instant.EPOCH,
                        Instant.EPOCH)));
    }

    private JsonNode askForAReplay(Registered endpoint) {
        return json(sender.call(
                "POST",
                "/v1/orgs/" + endpoint.org() + "/replays",
                "{\"endpoint_id\":\"" + endpoint.id()
                        + "\",\"since\":\"2026-01-01T00:00:00Z\",\"status\":[\"delivered\"]}"));
    }

    private JsonNode now(Registered endpoint, JsonNode replay) {
        return json(sender.call(
                "GET",
                "/v1/orgs/" + endpoint.org() + "/replays/" + replay.get("id").asText(),
                ""));
    }

    private static long count(Connection connection, String sql, String parameter) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, parameter);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Test
    void sendsNeitherParkedNorReplayedOnesToTheOutboxWhileItIsBehind() throws SQLException {
        try (WebhookReceiver receiver = sender.receiver(200);
                Connection lock = sender.postgres().dataSource().getConnection();
                Connection rows = sender.postgres().dataSource().getConnection()) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested before = SenderService.request(endpoint).build();
            sender.request(before);
            sender.awaitSettlements(before.getWebhookId(), 1);
            WebhookRequested parked = SenderService.request(endpoint).build();
            JsonNode replay;
            try (OutboxOfARelayThatFails _ = new OutboxOfARelayThatFails(lock, rows)) {
                Outbox outbox = sender.part(Outbox.class);
                // As if something had been committed: the relay waits for its turn, and fails.
                outbox.wake();
                await().atMost(SOONER_THAN_WITHOUT_A_COUNT).until(outbox::isBehind);

                // When
                park(endpoint, parked);
                sender.part(ParkingRelay.class).release();
                replay = askForAReplay(endpoint);

                // Then
                await().atMost(LIMIT)
                        .until(() ->
                                now(endpoint, replay).path("reason").asText().equals(WHY));
                assertEquals(0, now(endpoint, replay).get("sent").asLong());
                assertEquals(
                        1,
                        count(
                                rows,
                                "select count(*) from webhook_sender.parked_delivery where webhook_id = ?",
                                parked.getWebhookId()));
                assertEquals(
                        0,
                        count(
                                rows,
                                "select count(*) from webhook_sender.outbox where key = convert_to(?, 'UTF8')",
                                endpoint.id()));
            }

            // And once it goes on
            sender.awaitSettlements(parked.getWebhookId(), 1);
            sender.awaitSettlements(before.getWebhookId(), 2);
            assertEquals(3, receiver.received().size());
        }
    }
}
