package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.engine.Outcome;
import tocsin.sender.DatabaseLocks;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.WebhookReceiver;

/** An attempt may wait for its probe or its turn as long as somebody writes of its endpoint, and that may be the one who changes it. */
class GoesByWhatAnEndpointIsAfterAWaitTest {

    private final SenderService sender = SenderService.shared();
    private final FailingEndpoints failing = new FailingEndpoints(sender);

    /**
     * @param before how many requests came to the place where the endpoint led
     * @param now and to that where it leads now
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "endpoint_health | delete from webhook_endpoint where id = | Dead | 0 | 0",
                "endpoint_health | update webhook_endpoint set disabled_for = 'a holiday' where id = | Park | 0 | 0",
                "endpoint_health | update webhook_endpoint set url = :new where id = | Done | 0 | 1",
                "endpoint_pace | update webhook_endpoint set disabled_for = 'a holiday' where id = | Park | 0 | 0",
            })
    void attemptsWhatIsStillToBeAttempted(String heldBy, String change, String outcome, int before, int now)
            throws Exception {
        try (WebhookReceiver old = sender.receiver(200);
                WebhookReceiver latest = sender.receiver(200);
                Connection other = sender.postgres().dataSource().getConnection()) {
            // Given
            Registered endpoint = sender.register(newOrg(), old.url());
            if (heldBy.equals("endpoint_health")) {
                failing.wasLeftAlone(endpoint);
            } else {
                sender.call("PATCH", endpoint.path(), "{\"max_per_second\": 100}");
            }
            other.setAutoCommit(false);
            execute(other, "set local search_path to webhook_sender");
            execute(other, "select 1 from " + heldBy + " where endpoint_id = '" + endpoint.id() + "' for update");
            CompletableFuture<Outcome> attempt = failing.attemptTo(endpoint);
            await().atMost(LIMIT).until(() -> DatabaseLocks.isWaitedFor(other));

            // When
            execute(other, change.replace(":new", "'" + latest.url() + "'") + " '" + endpoint.id() + "'");
            other.commit();

            // Then
            assertEquals(
                    outcome,
                    attempt.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getClass().getSimpleName());
            assertEquals(
                    List.of(before, now),
                    List.of(old.received().size(), latest.received().size()));
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
