package tocsin.sender.erasure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.WebhookRequested;

class ErasedRequestTest {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);

    private static final String DATA = """
            {"advisory":{"advisory_id":"GHSA-aaaa-bbbb-cccc"},"affected_downloads":[\
            {"timestamp":"2026-04-15T08:30:00Z","version":"1.0.0","principal_type":"human","principal_name":"Ada",\
            "principal_email":"Ada@example.com","principal_id":"u1"},\
            {"timestamp":"2026-04-15T08:29:00Z","version":"1.0.0","principal_type":"ci_cd","principal_name":"bot",\
            "repository":"example-org/example-repo","principal_id":"b1"}],"summary":{"total_downloads":2}}""";

    private static Optional<String> without(ErasureSubject subject, String data) {
        byte[] request = CODEC.encode(WebhookRequested.newBuilder()
                .setWebhookId("msg_1")
                .setNotificationId("00000000-0000-5000-8000-000000000001")
                .setOrgId("acme")
                .setEndpointId("WH1")
                .setType("guard.malicious_package_detected")
                .setOccurredAt(Instant.EPOCH)
                .setData(data)
                .build());
        return ErasedRequest.without(subject, request)
                .map(bytes -> CODEC.decode(bytes).getData());
    }

    private static ErasureSubject principal(String org, String id) {
        return new ErasureSubject.OfOrganisation(new Audience.Organisation(org), id);
    }

    @Test
    void leavesWhatAndWhenOfAPersonsDownloads() {
        // When
        Optional<String> data = without(principal("acme", "u1"), DATA);

        // Then
        assertEquals(Optional.of("""
                {"advisory":{"advisory_id":"GHSA-aaaa-bbbb-cccc"},"affected_downloads":[\
                {"timestamp":"2026-04-15T08:30:00Z","version":"1.0.0","principal_type":"human","principal_name":"erased",\
                "principal_id":"erased"},\
                {"timestamp":"2026-04-15T08:29:00Z","version":"1.0.0","principal_type":"ci_cd","principal_name":"bot",\
                "repository":"example-org/example-repo","principal_id":"b1"}],"summary":{"total_downloads":2}}"""), data);
    }

    @Test
    void erasesTheRepositoryOfABot() {
        // When
        String data = without(principal("acme", "b1"), DATA).orElseThrow();

        // Then
        assertEquals(-1, data.indexOf("example-repo"));
        assertEquals(-1, data.indexOf("bot"));
    }

    @Test
    void findsAnAddressWhateverTheCaseOfItsLetters() {
        // When
        Optional<String> data = without(new ErasureSubject.OfEmail(RecordKeys.emailRecipient("aDA@EXAMPLE.com")), DATA);

        // Then
        assertEquals(without(principal("acme", "u1"), DATA), data);
    }

    @Test
    void leavesOtherPeopleAndOtherOrganisationsAlone() {
        assertEquals(Optional.empty(), without(principal("acme", "u2"), DATA));
        assertEquals(Optional.empty(), without(principal("other", "u1"), DATA));
        assertEquals(
                Optional.empty(),
                without(new ErasureSubject.OfEmail(RecordKeys.emailRecipient("eve@example.com")), DATA));
        assertEquals(Optional.empty(), without(new ErasureSubject.OfToken(new Audience.Token("0".repeat(64))), DATA));
    }

    @Test
    void leavesWhatHasAnotherForm() {
        assertEquals(Optional.empty(), without(principal("acme", "u1"), "{\"principal_id\":\"u1\"}"));
        assertEquals(Optional.empty(), without(principal("acme", "u1"), "{\"affected_downloads\":[1,null,\"u1\"]}"));
        assertEquals(Optional.empty(), ErasedRequest.without(principal("acme", "u1"), new byte[] {1, 2, 3}));
    }
}
