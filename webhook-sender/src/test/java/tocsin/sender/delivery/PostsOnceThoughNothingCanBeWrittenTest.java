package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.WebhookReceiver;

/** What a receiver has got is not posted again and again because the database does not take down that it has. */
class PostsOnceThoughNothingCanBeWrittenTest {

    private final SenderService sender = SenderService.shared();

    private void sql(String sql) throws SQLException {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void refuseToWriteOf(WebhookRequested request, String sqlState) throws SQLException {
        sql("create or replace function webhook_sender.refuse() returns trigger language plpgsql as $$ begin"
                + " raise exception using errcode = '" + sqlState + "'; end $$");
        sql("create trigger refuse before insert or update on webhook_sender.delivery for each row"
                + " when (new.webhook_id = '" + request.getWebhookId() + "') execute function webhook_sender.refuse()");
    }

    private double faults() {
        return sender.part(MeterRegistry.class).find("delivery.engine.faults").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** A standby that reads only, one that is starting, and a row that breaks a rule. */
    @ParameterizedTest
    @CsvSource({
        "25006, 200, DELIVERED, 1",
        "25006, 500, FAILED, 4",
        "57P03, 200, DELIVERED, 1",
        "23514, 200, DELIVERED, 1"
    })
    void writesWhatItHasPostedOnceItCan(String sqlState, int status, DeliveryOutcome outcome, int posts)
            throws SQLException {
        try (WebhookReceiver receiver = sender.receiver(status)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            refuseToWriteOf(request, sqlState);
            double before = faults();

            // When
            sender.request(request);
            int posted;
            try {
                await().atMost(LIMIT).until(() -> faults() >= before + 3);
                posted = receiver.received().size();
            } finally {
                sql("drop trigger refuse on webhook_sender.delivery");
            }

            // Then
            assertEquals(1, posted);
            assertEquals(
                    outcome,
                    sender.awaitSettlements(request.getWebhookId(), 1)
                            .getFirst()
                            .getOutcome());
            assertEquals(posts, receiver.received().size());
            assertEquals(
                    posts,
                    sender.shown(endpoint, request.getWebhookId())
                            .get("attempts")
                            .size());
        }
    }
}
