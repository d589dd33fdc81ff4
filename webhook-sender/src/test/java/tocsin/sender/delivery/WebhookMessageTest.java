package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.WebhookContract;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.endpoint.EndpointFormat;
import tocsin.sender.signing.SigningSecret;
import tocsin.service.outbox.OutboxRecord;

class WebhookMessageTest {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);

    private static final SigningSecret SECRET = new SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private static byte[] request(UnaryOperator<WebhookRequested.Builder> change) {
        return CODEC.encode(change.apply(WebhookRequested.newBuilder()
                        .setWebhookId("msg_1")
                        .setNotificationId("n-1")
                        .setOrgId("acme")
                        .setEndpointId("WHone")
                        .setType("guard.malicious_package_detected")
                        .setOccurredAt(Instant.parse("2026-04-17T12:00:00Z"))
                        .setData("{}"))
                .build());
    }

    @Test
    void putsTheDataIntoTheEnvelopeByteForByte() {
        // Given
        String data = "{ \"a\" : [1.0, 1e2,\"\\u00e9 é \\/\"] }";

        // When
        byte[] body = WebhookMessage.decode(request(it -> it.setData(data))).body(EndpointFormat.STANDARD, SECRET);

        // Then
        assertEquals(
                "{\"type\":\"guard.malicious_package_detected\",\"timestamp\":\"2026-04-17T12:00:00Z\",\"data\":" + data
                        + "}",
                new String(body, UTF_8));
    }

    @Test
    void putsASignatureOfAllElseIntoATakumoBody() {
        // Given
        byte[] request = request(it -> it.setType("secret.detected")
                .setOrgId("org_a1b2c3")
                .setOccurredAt(Instant.parse("2026-03-13T16:00:00Z"))
                .setData("{\"a\":1}"));

        // When
        byte[] body = WebhookMessage.decode(request).body(EndpointFormat.TAKUMO, SECRET);

        // Then
        // The signature is what openssl dgst -sha256 -hmac gives for the body without that member.
        assertEquals(
                "{\"event\":\"secret.detected\",\"timestamp\":\"2026-03-13T16:00:00Z\",\"organization_id\":\"org_a1b2c3\","
                        + "\"data\":{\"a\":1},"
                        + "\"signature\":\"sha256=fc253d0ee1fd70715fcb8c1ae1a05d3d37f3f13cbb419124e739b40ca3ba83c7\"}",
                new String(body, UTF_8));
    }

    @Test
    void escapesAnOrganisationsId() throws IOException {
        // Given
        byte[] request = request(it -> it.setOrgId("a\"b\\c"));

        // When
        byte[] body = WebhookMessage.decode(request).body(EndpointFormat.TAKUMO, SECRET);

        // Then
        assertEquals(
                "a\"b\\c",
                new ObjectMapper().readTree(body).get("organization_id").asText());
    }

    @Test
    void tellsTimesInWholeSeconds() {
        // When
        byte[] body = WebhookMessage.decode(request(it -> it.setOccurredAt(Instant.parse("2026-04-17T12:00:00.120Z"))))
                .body(EndpointFormat.STANDARD, SECRET);

        // Then
        assertTrue(new String(body, UTF_8).contains("\"timestamp\":\"2026-04-17T12:00:00Z\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | data is not",
                "[] | data is not a JSON object",
                "1 | data is not a JSON object",
                "null | data is not a JSON object",
                "{ | data is not",
                "{} {} | data is not one JSON object",
                "{}] | data is not valid JSON",
                "{\"a\":1,\"a\":2} | data is not valid JSON",
                "{'a':1} | data is not valid JSON",
                "{\"leak\":tru} | data is not valid JSON",
            })
    void refusesDataThatIsNotOneJsonObject(String data, String why) {
        // When
        UndecodableMessageException refusal = assertThrows(
                UndecodableMessageException.class, () -> WebhookMessage.decode(request(it -> it.setData(data))));

        // Then
        String reason = String.valueOf(refusal.getMessage());
        assertTrue(reason.startsWith(why), reason);
        assertFalse(reason.contains("leak"));
    }

    @Test
    void refusesDataThatIsTooDeep() {
        // Given
        String deep = "{\"a\":" + "[".repeat(70) + "]".repeat(70) + "}";

        // Then
        assertThrows(UndecodableMessageException.class, () -> WebhookMessage.decode(request(it -> it.setData(deep))));
    }

    @Test
    void refusesARequestThatIsTooLongToBePutAside() {
        // Given
        String data = "{\"a\":\"" + "b".repeat(WebhookContract.MAX_REQUEST_BYTES) + "\"}";

        // Then
        assertThrows(UndecodableMessageException.class, () -> WebhookMessage.decode(request(it -> it.setData(data))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "msg.1", "msg 1", "msg_1\r\nx-injected: 1", "msg_\u00e9"})
    void refusesAWebhookIdThatIsNoHeader(String id) {
        assertThrows(
                UndecodableMessageException.class, () -> WebhookMessage.decode(request(it -> it.setWebhookId(id))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b", "a..b", "a b", ".a"})
    void refusesATypeThatWouldNeedEscaping(String type) {
        assertThrows(UndecodableMessageException.class, () -> WebhookMessage.decode(request(it -> it.setType(type))));
    }

    @Test
    void takesTheLongestThatTheContractAllowsAndCanSendItBackThroughTheOutbox() {
        // Given a request of exactly as many bytes
        int rest = request(it -> it.setData("{\"a\":\"\"}")).length;
        String filling = "b".repeat(WebhookContract.MAX_REQUEST_BYTES - rest - 2);
        byte[] longest = request(it -> it.setData("{\"a\":\"" + filling + "\"}"));
        assertEquals(WebhookContract.MAX_REQUEST_BYTES, longest.length);

        // When
        WebhookMessage message = WebhookMessage.decode(longest);

        // Then
        assertTrue(message.body(EndpointFormat.STANDARD, SECRET).length > filling.length());
        assertDoesNotThrow(() -> new OutboxRecord(
                "webhook.requested", "e".repeat(128).getBytes(UTF_8), longest, Map.of("message-id", new byte[200])));
    }
}
