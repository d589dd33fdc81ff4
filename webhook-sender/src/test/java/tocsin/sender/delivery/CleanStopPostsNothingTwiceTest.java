package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.WebhookReceiver;

/** Ended as SIGTERM ends it, in the midst of its work: what is under way comes to its end first, so that nobody gets it again. */
class CleanStopPostsNothingTwiceTest {

    private static final int ENDPOINTS = 3;
    private static final int REQUESTS = 120;

    private final SenderService sender = SenderService.shared();

    @Test
    void leavesTheRestToTheNextLife() throws InterruptedException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            List<Registered> endpoints = IntStream.range(0, ENDPOINTS)
                    .mapToObj(_ -> sender.register(newOrg(), receiver.url()))
                    .toList();
            Set<String> asked = new HashSet<>();
            receiver.hold();
            for (int i = 0; i < REQUESTS; i++) {
                WebhookRequested request =
                        SenderService.request(endpoints.get(i % ENDPOINTS)).build();
                asked.add(request.getWebhookId());
                sender.request(request);
            }
            receiver.awaitRequests(ENDPOINTS, LIMIT);

            // When
            DeliveryConsumer consumer = sender.part(DeliveryConsumer.class);
            Thread stopping = Thread.ofVirtual().start(sender::stop);
            await().atMost(LIMIT).until(() -> consumer.whyNotReady().isPresent());
            await().during(Duration.ofMillis(700)).atMost(LIMIT).until(stopping::isAlive);
            receiver.release();
            stopping.join();
            int before = receiver.received().size();
            sender.start();

            // Then
            assertTrue(before < REQUESTS, "it was ended in the midst: " + before);
            Set<String> delivered = new HashSet<>();
            await().atMost(LIMIT).until(() -> {
                endpoints.forEach(endpoint -> delivered.addAll(sender.delivered(endpoint)));
                return delivered.equals(asked);
            });
            // The receiver knows of an attempt before the log does.
            await().atMost(LIMIT).untilAsserted(() -> {
                int posted = receiver.received().size();
                long known = attempts(endpoints);
                assertTrue(posted <= known, posted + " posted, and only " + known + " attempts known");
            });
        }
    }

    /** Those in the log: a receiver that was kept waiting on a busy machine may have been asked again, but not unknown to us. */
    private long attempts(List<Registered> endpoints) throws SQLException {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "select count(*) from webhook_sender.delivery_attempt where endpoint_id = any (?)")) {
            query.setArray(
                    1,
                    connection.createArrayOf(
                            "text", endpoints.stream().map(Registered::id).toArray()));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
