package tocsin.dispatcher.events;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.dispatcher.ledger.WebhookRequests;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.WebhookContract;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.service.outbox.OutboxRecord;

/** What is taken as an event can be sent as a webhook: a row of the ledger waits for it. */
class EventContractTest {

    private static final MessageCodec<PlatformEvent> EVENTS = MessageCodec.of(PlatformEvent.class);
    private static final MessageCodec<WebhookRequested> REQUESTS = MessageCodec.of(WebhookRequested.class);

    /** Characters of a text in the member a that make data as long as it may be. */
    private static final int LEFT =
            EventReader.MAX_DATA_CHARACTERS - with("\"\"").length();

    private static String with(String more) {
        return EventReaderTest.DATA.replace("}", ",\"a\":" + more + "}");
    }

    static Stream<Arguments> atTheLimits() {
        return Stream.of(
                at("the longest id", it -> it.setEventId("i".repeat(256))),
                at("the longest organisation", it -> it.setOrgId("o".repeat(128))),
                at("the first time", it -> it.setOccurredAt(Instant.EPOCH)),
                at("the last time", it -> it.setOccurredAt(Instant.parse("9999-12-31T23:59:59.999Z"))),
                at("the longest endpoint", it -> it.setWebhookEndpointIds(List.of("e".repeat(128)))),
                at("the deepest data", it -> it.setData(with("{\"a\":".repeat(63) + "1" + "}".repeat(63)))),
                at("the longest data", it -> it.setData(with("\"" + "a".repeat(LEFT) + "\""))),
                at("the longest data in bytes", it -> it.setData(with("\"" + "あ".repeat(LEFT) + "\""))),
                at("escapes of every kind", it -> it.setData(with("{\"\\u0000\":\"\\ud800\\n\\/\",\"b\":1e999}"))));
    }

    private static Arguments at(String what, UnaryOperator<PlatformEvent.Builder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("atTheLimits")
    void canBeSent(String what, UnaryOperator<PlatformEvent.Builder> change) {
        // Given
        PlatformEvent event = EventReader.read(
                        EVENTS.encode(change.apply(EventReaderTest.event()).build()), EventReaderTest.TYPES)
                .event();
        String endpoint = event.getWebhookEndpointIds().stream().findFirst().orElse("WH1");

        // When
        OutboxRecord request = WebhookRequests.of(
                UUID.randomUUID(), event.getOrgId(), endpoint, event.getType(), event.getOccurredAt(), event.getData());

        // Then
        byte[] bytes = request.value();
        assertTrue(bytes != null && bytes.length <= WebhookContract.MAX_REQUEST_BYTES, what);
        WebhookRequested sent = REQUESTS.decode(bytes);
        assertDoesNotThrow(() -> WebhookContract.check(sent), what);
        assertEquals(event.getData(), sent.getData());
    }

    @Test
    void isNotAskedForWhereItsSenderWouldRefuseIt() {
        // Given
        UUID notification = UUID.randomUUID();
        Instant now = Instant.parse("2026-04-17T10:00:00Z");
        String long890 = "{\"a\":\"" + "b".repeat(WebhookContract.MAX_REQUEST_BYTES) + "\"}";

        // When / Then
        assertThrows(
                IllegalArgumentException.class,
                () -> WebhookRequests.of(notification, "acme", "WH1", "a b", now, "{}"),
                "type");
        assertThrows(
                IllegalArgumentException.class,
                () -> WebhookRequests.of(notification, "acme", "WH 1", "a.b", now, "{}"),
                "endpoint");
        assertThrows(
                IllegalArgumentException.class,
                () -> WebhookRequests.of(notification, "acme", "WH1", "a.b", now, long890),
                "length");
    }
}
