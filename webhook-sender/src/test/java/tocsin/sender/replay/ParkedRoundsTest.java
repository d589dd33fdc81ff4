package tocsin.sender.replay;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.Outcome;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.Deliveries;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;
import tocsin.testsupport.Answer;
import tocsin.testsupport.WebhookReceiver;

/** What was requested and what people ask for again can wait for the same endpoint at the same time, and none of it gets lost. */
class ParkedRoundsTest {

    private final SenderService sender = SenderService.shared();
    private final String org = newOrg();

    private void change(String sql, String id) {
        sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, id);
                return statement.executeUpdate();
            }
        });
    }

    private void isLeftAlone(Registered endpoint) {
        change(
                "insert into endpoint_health (failures, failing_since, opened_at, open_until, endpoint_id)"
                        + " values (30, now(), now(), now() + interval '1 hour', ?) on conflict (endpoint_id) do update"
                        + " set opened_at = excluded.opened_at, open_until = excluded.open_until",
                endpoint.id());
    }

    private void isBack(Registered endpoint) {
        change("delete from endpoint_health where endpoint_id = ?", endpoint.id());
        change("update parked_delivery set not_before = now() where endpoint_id = ?", endpoint.id());
    }

    private List<Integer> parkedRounds(WebhookRequested request) {
        return sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select round from parked_delivery where webhook_id = ? order by round")) {
                query.setString(1, request.getWebhookId());
                List<Integer> rounds = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        rounds.add(row.getInt(1));
                    }
                }
                return rounds;
            }
        });
    }

    private boolean resend(WebhookRequested request) {
        return json(sender.call("POST", "/v1/orgs/" + org + "/deliveries/" + request.getWebhookId() + "/resend", ""))
                .get("begun")
                .asBoolean();
    }

    private Outcome deliver(WebhookRequested request, int attempt) throws Exception {
        return sender.part(DeliveryHandler.class)
                .deliver(Deliveries.of(
                        Topics.WEBHOOK_RETRY_1S,
                        request,
                        attempt,
                        Clock.systemUTC().instant()));
    }

    @Test
    void keepsTheRetryOfWhatWasRequestedWhileAResendOfItWaits() throws Exception {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            assertInstanceOf(Outcome.RetryLater.class, deliver(request, 1));
            isLeftAlone(endpoint);
            assertEquals(true, resend(request));
            await().atMost(LIMIT).until(() -> parkedRounds(request), List.of(1)::equals);

            // When
            Outcome outcome = deliver(request, 2);

            // Then
            assertInstanceOf(Outcome.Park.class, outcome);
            assertEquals(List.of(0, 1), parkedRounds(request));

            // When nothing of the round arrives
            isBack(endpoint);

            // Then what was requested has its end nevertheless
            assertEquals(
                    DeliveryOutcome.FAILED,
                    sender.awaitSettlements(request.getWebhookId(), 1)
                            .getFirst()
                            .getOutcome());
        }
    }

    @Test
    void sendsTheLastOfSeveralResendsThatWaitOneAfterTheOther() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            sender.request(request);
            sender.awaitSettlements(request.getWebhookId(), 1);
            isLeftAlone(endpoint);
            assertEquals(true, resend(request));
            await().atMost(LIMIT).until(() -> parkedRounds(request), List.of(1)::equals);
            change(
                    "update delivery set round_asked_at = now() - interval '11 minutes' where webhook_id = ?",
                    request.getWebhookId());
            int before = receiver.received().size();

            // When
            assertEquals(true, resend(request));
            await().atMost(LIMIT).until(() -> parkedRounds(request), List.of(2)::equals);
            receiver.answerWith(List.of(Answer.of(200)));
            isBack(endpoint);

            // Then
            assertEquals(
                    DeliveryOutcome.DELIVERED,
                    sender.awaitSettlements(request.getWebhookId(), 2).getLast().getOutcome());
            assertEquals(before + 1, receiver.received().size());
        }
    }
}
