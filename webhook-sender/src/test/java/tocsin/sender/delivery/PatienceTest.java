package tocsin.sender.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.MessageHeader;
import tocsin.engine.Outcome;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.Deliveries;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;
import tocsin.testsupport.WebhookReceiver;

/** For how long a delivery waits for an endpoint that fails; the patience is 6 s here. */
class PatienceTest {

    private static final String SINCE = "left-alone-since";
    private static final Duration AGES = Duration.ofHours(2);

    private final SenderService sender = SenderService.shared();
    private final DeliveryHandler handler = sender.part(DeliveryHandler.class);
    private final Instant now = Clock.systemUTC().instant();

    /** Asked for ages ago, at its second attempt. */
    private Delivery delivery(Registered endpoint, Optional<Duration> leftAloneFor) {
        WebhookRequested request = SenderService.request(endpoint).build();
        MessageHeader[] headers = leftAloneFor.stream()
                .map(it -> Deliveries.header(SINCE, Long.toString(now.minus(it).toEpochMilli())))
                .toArray(MessageHeader[]::new);
        return Deliveries.of(Topics.WEBHOOK_RETRY_1S, request, 2, now.minus(AGES), headers);
    }

    private void fails(Registered endpoint, Duration since, Duration until) {
        sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into endpoint_health (failures, failing_since, opened_at,"
                            + " open_until, endpoint_id) values (30, now() - ? * interval '1 second', now() - interval '3 hours',"
                            + " now() + ? * interval '1 second', ?)")) {
                insert.setLong(1, since.toSeconds());
                insert.setLong(2, until.toSeconds());
                insert.setString(3, endpoint.id());
                return insert.executeUpdate();
            }
        });
    }

    private List<String> parkedHeaders(Registered endpoint) {
        return sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select array(select encode(h, 'escape') from unnest(headers) h) from parked_delivery where endpoint_id = ?")) {
                query.setString(1, endpoint.id());
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return List.of((String[]) row.getArray(1).getArray());
                }
            }
        });
    }

    /** In seconds: how long ago it was first left alone for the endpoint, if it was, and how long that has failed. */
    @ParameterizedTest
    @CsvSource({", 7200, Park", "1, 7200, Park", "7200, 1, Park", "60, 60, Dead", "7200, 7200, Dead"})
    void countsOnlyTheTimeForWhichItHasBeenLeftAlone(@Nullable Long leftAlone, long failing, String outcome)
            throws Exception {
        // Given
        Registered endpoint = sender.register(newOrg(), "https://hooks.example.com/");
        fails(endpoint, Duration.ofSeconds(failing), Duration.ofHours(1));

        // When
        Outcome came = handler.deliver(
                delivery(endpoint, Optional.ofNullable(leftAlone).map(Duration::ofSeconds)));

        // Then
        assertEquals(outcome, came.getClass().getSimpleName());
    }

    @Test
    void remembersSinceWhenOnlyUntilSomethingElseIsWaitedFor() throws Exception {
        // Given
        Registered failing = sender.register(newOrg(), "https://hooks.example.com/");
        Registered busy = sender.register(newOrg(), "https://hooks.example.com/");
        fails(failing, AGES, Duration.ofHours(1));

        // When
        handler.deliver(delivery(failing, Optional.of(Duration.ofSeconds(1))));
        handler.park(delivery(busy, Optional.of(Duration.ofSeconds(1))), "key busy");

        // Then
        List<String> headers = parkedHeaders(failing);
        assertEquals(Long.toString(now.minusSeconds(1).toEpochMilli()), headers.get(headers.indexOf(SINCE) + 1));
        assertTrue(!parkedHeaders(busy).contains(SINCE));
    }

    @Test
    void endsNothingWhileAnAttemptMayShowThatTheEndpointIsBack() throws Exception {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            fails(endpoint, AGES, Duration.ofHours(-1));
            receiver.hold();
            CompletableFuture<Outcome> probe = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    probe.complete(handler.deliver(delivery(endpoint, Optional.of(AGES))));
                } catch (Exception e) {
                    probe.completeExceptionally(e);
                }
            });
            receiver.awaitRequests(1, LIMIT);

            // When
            Outcome meanwhile = handler.deliver(delivery(endpoint, Optional.of(AGES)));
            receiver.release();

            // Then
            assertInstanceOf(Outcome.Park.class, meanwhile);
            assertInstanceOf(Outcome.Done.class, probe.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
        }
    }
}
