package tocsin.sender.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.newOrg;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.parking.ParkedDelivery;
import tocsin.sender.parking.ParkingRepository;

class ErasureHandlerTest {

    private static final MessageCodec<PrivacyErasure> ERASURES = MessageCodec.of(PrivacyErasure.class);

    /** Far ahead, so that the relay of the running service leaves these rows to the test. */
    private static final Instant NEVER = Instant.parse("2300-01-01T00:00:00Z");

    private static final Instant PARKED = Instant.parse("2026-04-17T12:00:00Z");

    private final SenderService sender = SenderService.shared();
    private final ParkingRepository parking = sender.part(ParkingRepository.class);
    private final String org = newOrg();

    private String park(String endpoint, String principal) {
        WebhookRequested request = SenderService.request(new Registered(org, endpoint, ""))
                .setData("{\"affected_downloads\":[{\"principal_name\":\"Ada\",\"principal_id\":\"" + principal
                        + "\"}]}")
                .build();
        parking.park(new ParkedDelivery(
                request.getWebhookId(),
                endpoint,
                Topics.WEBHOOK_REQUESTED.name(),
                SenderService.encoded(request),
                Map.of(),
                "disabled",
                PARKED,
                NEVER));
        return request.getWebhookId();
    }

    private static PrivacyErasure.Builder erasure(String org, String principal, Instant requestedAt) {
        return PrivacyErasure.newBuilder()
                .setErasureId("erasure-of-" + org)
                .setRequestedAt(requestedAt)
                .setOrgId(org)
                .setPrincipalId(principal);
    }

    private void send(PrivacyErasure erasure) {
        sender.broker()
                .send(
                        Topics.PRIVACY_ERASURE.name(),
                        RecordKeys.privacyErasure(ErasureSubject.of(erasure)).getBytes(UTF_8),
                        ERASURES.encode(erasure));
    }

    /** The requests of this test's organisation, as they wait now. Looks by changing none. */
    private List<String> waiting() {
        List<String> data = new ArrayList<>();
        parking.rewrite(NEVER, request -> {
            WebhookRequested message = MessageCodec.of(WebhookRequested.class).decode(request);
            if (message.getOrgId().equals(org)) {
                data.add(message.getWebhookId() + " " + message.getData());
            }
            return Optional.empty();
        });
        return data;
    }

    @Test
    void erasesOnePersonFromAllThatWaits() {
        // Given more than are changed at a time
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            expected.add(park("WHerased" + i, "u1")
                    + " {\"affected_downloads\":[{\"principal_name\":\"erased\",\"principal_id\":\"erased\"}]}");
        }
        expected.add(park("WHerased", "u2")
                + " {\"affected_downloads\":[{\"principal_name\":\"Ada\",\"principal_id\":\"u2\"}]}");

        // When
        send(erasure(org, "u1", PARKED).build());

        // Then
        await().atMost(SenderService.LIMIT).until(() -> waiting().equals(expected));
    }

    @Test
    void leavesWhatWasParkedAfterIt() {
        // Given
        park("WHlater", "u1");

        // When
        int changed = parking.rewrite(
                PARKED.minusMillis(1),
                request -> ErasedRequest.without(
                        ErasureSubject.of(erasure(org, "u1", PARKED).build()), request));

        // Then
        assertEquals(0, changed);
    }

    @Test
    void keepsNothingOfARecordThatItCannotApply() {
        // Given
        PrivacyErasure nobody = PrivacyErasure.newBuilder()
                .setErasureId("of nobody")
                .setRequestedAt(PARKED)
                .build();

        // When
        sender.broker().send(Topics.PRIVACY_ERASURE.name(), "somebody".getBytes(UTF_8), ERASURES.encode(nobody));
        send(erasure(org, "u1", Instant.parse("+292278994-01-01T00:00:00Z")).build());

        // Then
        List<ConsumerRecord<byte[], byte[]>> quarantined =
                await().atMost(SenderService.LIMIT).until(this::quarantined, records -> records.size() == 2);
        assertEquals(
                List.of("erasing failed", "no erasure that names one subject"),
                quarantined.stream()
                        .map(record -> header(record, "quarantine-reason"))
                        .sorted()
                        .toList());
        quarantined.forEach(record -> assertEquals(0, record.key().length + record.value().length));
    }

    private List<ConsumerRecord<byte[], byte[]>> quarantined() {
        return sender.broker().readAll(Topics.quarantineOf("webhook-sender").name()).stream()
                .filter(record -> header(record, "quarantine-topic").equals(Topics.PRIVACY_ERASURE.name()))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
