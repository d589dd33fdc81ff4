package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tocsin.engine.Outcome;
import tocsin.sender.DatabaseLocks;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.WebhookReceiver;

/** Whatever of an endpoint that fails, or has a pace, cannot be written for a while: what is well and has no pace goes on. */
class OthersDoNotWaitForItTest {

    private static final String HEALTH =
            "select pg_advisory_xact_lock(hashtextextended('endpoint_health of ' || ?, 0))";

    /** As many as it takes to leave an endpoint alone; more than the service has connections. */
    private static final int MANY = 30;

    private static final String PACED = "{\"max_per_second\": 100}";

    private final SenderService sender = SenderService.shared();
    private final FailingEndpoints failing = new FailingEndpoints(sender);

    @Test
    void whenManyOfItsAttemptsFailAtTheSameTime() throws Exception {
        try (WebhookReceiver broken = sender.receiver(500);
                WebhookReceiver well = sender.receiver(200);
                Connection other = sender.postgres().dataSource().getConnection()) {
            // Given
            Registered endpoint = sender.register(newOrg(), broken.url());
            hold(other, HEALTH, endpoint);

            // When
            List<CompletableFuture<Outcome>> attempts = IntStream.range(0, MANY)
                    .mapToObj(_ -> failing.attemptTo(endpoint))
                    .toList();
            broken.awaitRequests(MANY, LIMIT);
            await().atMost(LIMIT).until(() -> DatabaseLocks.isWaitedFor(other));

            // Then
            assertIsDelivered(well, "");
            attempts.forEach(attempt -> assertFalse(attempt.isDone()));
            other.rollback();
            for (CompletableFuture<Outcome> attempt : attempts) {
                assertInstanceOf(Outcome.RetryLater.class, outcome(attempt));
            }
            assertEquals(MANY, failing.failures(endpoint));
        }
    }

    @Test
    void whenItIsTimeToTryItAgain() throws Exception {
        try (WebhookReceiver again = sender.receiver(200);
                WebhookReceiver well = sender.receiver(200);
                Connection other = sender.postgres().dataSource().getConnection()) {
            // Given
            Registered endpoint = sender.register(newOrg(), again.url());
            failing.wasLeftAlone(endpoint);
            hold(other, HEALTH, endpoint);

            // When
            CompletableFuture<Outcome> probe = failing.attemptTo(endpoint);
            await().atMost(LIMIT).until(() -> DatabaseLocks.isWaitedFor(other));

            // Then
            assertIsDelivered(well, "");
            assertIsDelivered(well, PACED);
            assertFalse(probe.isDone());
            other.rollback();
            assertInstanceOf(Outcome.Done.class, outcome(probe));
        }
    }

    @Test
    void whenItHasAPace() throws Exception {
        try (WebhookReceiver paced = sender.receiver(200);
                WebhookReceiver well = sender.receiver(200);
                Connection other = sender.postgres().dataSource().getConnection()) {
            // Given
            Registered endpoint = sender.register(newOrg(), paced.url());
            sender.call("PATCH", endpoint.path(), PACED);
            hold(other, "select 1 from webhook_sender.endpoint_pace where endpoint_id = ? for update", endpoint);

            // When
            CompletableFuture<Outcome> attempt = failing.attemptTo(endpoint);
            await().atMost(LIMIT).until(() -> DatabaseLocks.isWaitedFor(other));

            // Then
            assertIsDelivered(well, "");
            assertFalse(attempt.isDone());
            other.rollback();
            assertInstanceOf(Outcome.Done.class, outcome(attempt));
        }
    }

    /** @param change to the endpoint before; may be empty */
    private void assertIsDelivered(WebhookReceiver well, String change) throws Exception {
        Registered endpoint = sender.register(newOrg(), well.url());
        if (!change.isEmpty()) {
            assertEquals(200, sender.call("PATCH", endpoint.path(), change).statusCode());
        }
        assertInstanceOf(Outcome.Done.class, outcome(failing.attemptTo(endpoint)));
    }

    private static Outcome outcome(CompletableFuture<Outcome> attempt)
            throws InterruptedException, ExecutionException, TimeoutException {
        return attempt.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Until the end of the transaction. */
    private static void hold(Connection connection, String sql, Registered endpoint) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement lock = connection.prepareStatement(sql)) {
            lock.setString(1, endpoint.id());
            lock.execute();
        }
    }
}
