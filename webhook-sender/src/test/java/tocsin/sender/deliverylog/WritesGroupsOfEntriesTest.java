package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.DeliverySettled;

/** Entries that come together are written together, and say the same as if each had come alone. */
class WritesGroupsOfEntriesTest {

    private final WrittenLog written = new WrittenLog();
    private final Instant now = written.now;
    private final LoggedDelivery one = written.delivery("a", "WH1");
    private final LoggedDelivery another = written.delivery("b", "WH1");

    @Test
    void takesTwoEntriesOfOneDeliveryInTheirOrder() {
        // When
        written.log.write(
                List.of(
                        WrittenLog.retrying(one, 1, now),
                        WrittenLog.delivered(another, 1, now),
                        WrittenLog.retrying(one, 2, now.plusMillis(10)),
                        WrittenLog.delivered(one, 3, now.plusMillis(20))),
                now);

        // Then
        assertEquals("delivered 3", written.row(one, "state, attempts"));
        assertEquals(List.of(1, 2, 3), written.numbers(one));
        assertEquals("0", written.payloadDays(one));
        assertEquals("delivered 1", written.row(another, "state, attempts"));
        assertEquals(List.of(1), written.numbers(another));
        assertEquals("0", written.payloadDays(another));
        List<DeliverySettled> settled = written.sender.awaitSettlements(one.webhookId(), 1);
        assertEquals(1, settled.size());
        assertEquals(3, settled.getFirst().getAttempts());
        assertEquals(now.plusMillis(27), settled.getFirst().getSettledAt());
    }

    @Test
    void keepsAnEndThatCameBeforeAnAttemptOfTheSameGroup() {
        // When
        written.log.write(
                List.of(WrittenLog.delivered(one, 1, now), WrittenLog.retrying(one, 1, now.plusMillis(10))), now);

        // Then
        assertEquals("delivered 1", written.row(one, "state, attempts"));
        assertEquals(
                1,
                written.sender.awaitSettlements(one.webhookId(), 1).getFirst().getAttempts());
        assertEquals(List.of(1, 1), written.numbers(one));
    }

    @Test
    void tellsDeliveriesApartThatHaveTheSameIdAtTwoEndpoints() {
        // Given
        LoggedDelivery elsewhere = written.delivery("a", "WH2");

        // When
        written.log.write(List.of(WrittenLog.delivered(one, 1, now), WrittenLog.retrying(elsewhere, 1, now)), now);

        // Then
        assertEquals("delivered", written.row(one, "state"));
        assertEquals("retrying", written.row(elsewhere, "state"));
        assertEquals("0", written.payloadDays(one));
        assertEquals("0", written.payloadDays(elsewhere));
    }
}
