package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Instance;
import tocsin.sender.SenderService.Registered;
import tocsin.service.kafka.KafkaClients;

/** Also where an older record came last, or none is there any more. */
class TellsOfEveryEndpointTest {

    private static final MessageCodec<WebhookEndpoint> CODEC = MessageCodec.of(WebhookEndpoint.class);

    private final SenderService sender = SenderService.shared();
    private final EndpointRegistry registry = sender.part(EndpointRegistry.class);

    private Announcements announcements(Registered endpoint) {
        return new Announcements(sender, endpoint.id());
    }

    /** As after an outbox that was cut off from its database while it sent. */
    private void sendTheOldestAgain(Registered endpoint) {
        WebhookEndpoint oldest = announcements(endpoint).await(2).getFirst().orElseThrow();
        sender.broker().send(Topics.WEBHOOK_ENDPOINT.name(), endpoint.id().getBytes(UTF_8), CODEC.encode(oldest));
    }

    /** Announced as not thin, and then as thin. */
    private Registered thinEndpoint() {
        Registered endpoint = sender.register(SenderService.newOrg(), "https://hooks.example.com/thin");
        sender.call("PATCH", endpoint.path(), "{\"thin\": true}");
        return endpoint;
    }

    @Test
    void atEachStart() {
        // Given
        Registered endpoint = thinEndpoint();
        sendTheOldestAgain(endpoint);

        // When
        try (Instance _ = sender.another()) {
            // Then
            assertTrue(announcements(endpoint).await(4).getLast().orElseThrow().getThin());
        }
    }

    @Test
    void againAfterATime() {
        // Given
        Registered endpoint = thinEndpoint();
        try (AnnouncementProcessor processor =
                new AnnouncementProcessor(registry, sender.part(KafkaClients.class), Duration.ofMillis(100))) {
            processor.start();

            // When
            sendTheOldestAgain(endpoint);

            // Then
            assertTrue(announcements(endpoint).await(4).getLast().orElseThrow().getThin());
        }
    }

    /** More than are looked for at once. */
    @Test
    void ofWhichThereAreManyAndOfNoneThatWasDeleted() throws SQLException {
        // Given
        Registered deleted = sender.register(SenderService.newOrg(), "https://hooks.example.com/deleted");
        sender.call("DELETE", deleted.path(), "");
        String org = SenderService.newOrg();
        update(
                "insert into webhook_sender.webhook_endpoint (id, org_id, url, description, event_types, format, created_at)"
                        + " select 'WHMANY' || i, '" + org
                        + "', 'https://hooks.example.com/' || i, '', '{}', 'standard', now()"
                        + " from generate_series(1, 1001) i");
        try (AnnouncementProcessor processor =
                new AnnouncementProcessor(registry, sender.part(KafkaClients.class), Duration.ofDays(1))) {
            // When
            processor.start();

            // Then
            await().atMost(SenderService.LIMIT).until(() -> toldOf(org).size() == 1_001);
            assertEquals(Optional.empty(), announcements(deleted).await(2).getLast());
        } finally {
            update("delete from webhook_sender.webhook_endpoint where org_id = '" + org + "'");
        }
    }

    @Test
    void ofTheOthersThoughOneCannotBeReadAndOfThatOneOnceItIsMended() throws SQLException {
        // Given
        String org = SenderService.newOrg();
        update(
                "insert into webhook_sender.webhook_endpoint (id, org_id, url, description, event_types, format, created_at)"
                        + " select 'WHBROKEN' || i, '" + org
                        + "', 'https://hooks.example.com/' || repeat(' ', 2 - i), '', '{}', 'standard', now()"
                        + " from generate_series(1, 2) i");
        try (AnnouncementProcessor processor =
                new AnnouncementProcessor(registry, sender.part(KafkaClients.class), Duration.ofMillis(100))) {
            // When
            processor.start();

            // Then
            await().atMost(SenderService.LIMIT).until(() -> toldOf(org), Set.of("WHBROKEN2")::equals);

            // When
            update("update webhook_sender.webhook_endpoint set url = trim(url) where org_id = '" + org + "'");

            // Then
            await().atMost(SenderService.LIMIT).until(() -> toldOf(org).contains("WHBROKEN1"));
        } finally {
            update("delete from webhook_sender.webhook_endpoint where org_id = '" + org + "'");
        }
    }

    private Set<String> toldOf(String org) {
        return sender.broker().readAll(Topics.WEBHOOK_ENDPOINT.name()).stream()
                .filter(record -> record.value() != null)
                .map(record -> CODEC.decode(record.value()))
                .filter(endpoint -> endpoint.getOrgId().equals(org))
                .map(WebhookEndpoint::getEndpointId)
                .collect(Collectors.toSet());
    }

    private void update(String sql) throws SQLException {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
