package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever is written of a delivery on a day, that day has its payload, once and whole. */
class KeepsPayloadsByDayTest {

    private final WrittenLog written = new WrittenLog();
    private final Instant now = written.now;
    private final LoggedDelivery one = written.delivery("a", "WH1");
    private final LoggedDelivery another = written.delivery("b", "WH1");

    @Test
    void storesThePayloadOnceOnEachDayOnWhichSomethingIsWritten() {
        // Given
        Instant yesterday = now.minus(WrittenLog.DAY);
        written.log.write(
                List.of(WrittenLog.retrying(one, 1, yesterday), WrittenLog.retrying(another, 1, yesterday)), yesterday);
        written.log.write(List.of(WrittenLog.retrying(one, 2, yesterday.plusSeconds(1))), yesterday.plusSeconds(1));
        assertEquals("-1", written.payloadDays(one));

        // When
        written.log.write(
                List.of(
                        WrittenLog.retrying(one, 3, now),
                        WrittenLog.retrying(one, 4, now.plusMillis(1)),
                        LogEntry.parked(another, "endpoint disabled", now, WrittenLog.request(another))),
                now);
        written.log.write(List.of(WrittenLog.delivered(one, 5, now.plusSeconds(1))), now.plusSeconds(1));

        // Then
        assertEquals("-1 0", written.payloadDays(one));
        assertEquals("-1 0", written.payloadDays(another));
        assertEquals(List.of(1, 2, 3, 4, 5), written.numbers(one));
        assertEquals("delivered 5", written.row(one, "state, attempts"));
        assertEquals("parked 1", written.row(another, "state, attempts"));
        assertArrayEquals(
                WrittenLog.request(another),
                written.payloads.find(another).orElseThrow().request());
        assertEquals(
                "t",
                written.row(another, "payload_at = '" + now + "'"),
                "the row says by which day its payload will go");
    }

    /** More than go to the database at once. */
    @Test
    void keepsAllPayloadsHoweverLarge() {
        // Given
        String megabyte = "{\"text\":\"" + "a".repeat(1_000_000) + "\"}";
        List<LoggedDelivery> all = IntStream.range(0, 9)
                .mapToObj(i -> written.delivery("large" + i, "WH1"))
                .toList();

        // When
        written.log.write(
                all.stream()
                        .map(delivery -> LogEntry.parked(delivery, "busy", now, WrittenLog.request(delivery, megabyte)))
                        .toList(),
                now);

        // Then
        for (LoggedDelivery delivery : all) {
            assertEquals("0", written.payloadDays(delivery));
            assertArrayEquals(
                    WrittenLog.request(delivery, megabyte),
                    written.payloads.find(delivery).orElseThrow().request());
        }
    }

    @Test
    void keepsTimesToTheMicrosecond() {
        // Given
        Instant finer = now.plusNanos(1_999);

        // When
        written.log.write(List.of(WrittenLog.retrying(one, 1, finer)), finer);
        written.log.write(List.of(WrittenLog.retrying(one, 2, finer)), finer);

        // Then
        assertEquals("0", written.payloadDays(one));
        assertEquals("t", written.row(one, "payload_at = '" + finer.truncatedTo(ChronoUnit.MICROS) + "'"));
    }
}
