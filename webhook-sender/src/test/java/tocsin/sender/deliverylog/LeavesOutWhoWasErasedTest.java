package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;

/** Whoever was erased stands in nothing that is written afterwards. */
class LeavesOutWhoWasErasedTest {

    private final WrittenLog written = new WrittenLog();
    private final Instant now = written.now;

    private String subject(String principalId) {
        return RecordKeys.privacyErasure(
                new ErasureSubject.OfOrganisation(new Audience.Organisation(written.org), principalId));
    }

    private void erase(String principalId) {
        written.text("insert into webhook_sender.erasure (subject, requested_at, remembered_at) values ('"
                + subject(principalId) + "', '" + now + "', '" + now + "') returning subject");
    }

    private static String data(String principalId) {
        return "{\"affected_downloads\":[{\"principal_name\":\"Ada\",\"principal_id\":\"" + principalId + "\"}]}";
    }

    @Test
    void takesOutWhoWasErasedOfTheirEntriesAndOfNoOthers() {
        // Given
        List<LoggedDelivery> all = Stream.of("a", "b", "c", "d")
                .map(id -> written.delivery(id, "WH1"))
                .toList();
        erase("u1");
        written.log.write(
                List.of(LogEntry.parked(all.get(1), "busy", now, WrittenLog.request(all.get(1), data("u2")))), now);
        List<LogEntry> group = new ArrayList<>();
        for (LoggedDelivery delivery : all) {
            String subject = delivery.equals(all.get(2)) ? "u1" : "u2";
            byte[] request = WrittenLog.request(delivery, data(subject));
            group.add(
                    delivery.equals(all.get(1))
                            ? LogEntry.parked(delivery, "busy again", now, request)
                            : LogEntry.retrying(delivery, WrittenLog.attempt(1, now, "hello " + subject), request));
        }

        // When
        written.log.write(group, now);

        // Then
        for (LoggedDelivery delivery : all) {
            boolean erased = delivery.equals(all.get(2));
            PayloadRepository.KeptRequest kept = written.payloads.find(delivery).orElseThrow();
            assertEquals(erased, kept.erased(), delivery.webhookId());
            assertEquals(
                    erased,
                    !Arrays.equals(WrittenLog.request(delivery, data(erased ? "u1" : "u2")), kept.request()),
                    delivery.webhookId());
            assertEquals("0", written.payloadDays(delivery));
            List<Optional<String>> answers =
                    written.attempts.of(delivery.webhookId(), delivery.endpointId(), now, 100).stream()
                            .map(attempt -> attempt.wire().responseBody())
                            .toList();
            assertEquals(
                    delivery.equals(all.get(1))
                            ? List.of()
                            : List.of(erased ? Optional.empty() : Optional.of("hello u2")),
                    answers);
        }
        assertEquals(
                "1",
                written.text("select count(*) from webhook_sender.delivery_payload where webhook_id = '"
                        + all.get(0).webhookId() + "' and subjects @> array['"
                        + subject("u2")
                        + "']"));
    }
}
