package tocsin.sender.erasure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static final Instant REQUESTED_AT = Instant.parse("2026-04-15T08:29:30Z");

    private static Optional<String> without(ErasureSubject subject, String data) {
        return without(subject, Instant.EPOCH, data);
    }

    private static Optional<String> without(ErasureSubject subject, Instant occurredAt, String data) {
        return ErasedRequest.without(erased(subject), request(occurredAt, data))
                .map(bytes -> CODEC.decode(bytes).getData());
    }

    private static Map<String, Instant> erased(ErasureSubject subject) {
        return Map.of(RecordKeys.privacyErasure(subject), REQUESTED_AT);
    }

    private static byte[] request(Instant occurredAt, String data) {
        return CODEC.encode(WebhookRequested.newBuilder()
                .setWebhookId("msg_1")
                .setNotificationId("00000000-0000-5000-8000-000000000001")
                .setOrgId("acme")
                .setEndpointId("WH1")
                .setType("guard.malicious_package_detected")
                .setOccurredAt(occurredAt)
                .setData(data)
                .build());
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
        assertEquals(Optional.empty(), ErasedRequest.without(erased(principal("acme", "u1")), new byte[] {1, 2, 3}));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-04-15T08:29:30Z, 2026-04-15T09:00:00Z, true",
        "2026-04-15T08:29:31Z, 2026-04-15T08:29:30Z, true",
        "2026-04-15T08:29:31Z, 2026-04-15T08:29:29Z, true",
        "2026-04-15T08:29:31Z, 2026-04-15T08:29:31Z, false",
        "2026-04-15T08:29:31Z, yesterday, true",
    })
    void leavesOnlyWhatTheSubjectDidAfterwards(Instant occurredAt, String fetchedAt, boolean erased) {
        // When
        Optional<String> data = without(
                principal("acme", "u1"),
                occurredAt,
                "{\"affected_downloads\":[{\"timestamp\":\"" + fetchedAt + "\",\"principal_id\":\"u1\"}]}");

        // Then
        assertEquals(erased, data.isPresent());
    }

    @Test
    void knowsWhomItNames() {
        assertEquals(
                Set.of(
                        RecordKeys.privacyErasure(principal("acme", "u1")),
                        RecordKeys.privacyErasure(principal("acme", "b1")),
                        RecordKeys.privacyErasure(
                                new ErasureSubject.OfEmail(RecordKeys.emailRecipient("ada@example.com")))),
                ErasedRequest.subjects(request(Instant.EPOCH, DATA)));
        assertEquals(Set.of(), ErasedRequest.subjects(new byte[] {1, 2, 3}));
    }
}
