package tocsin.dispatcher.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.PlatformEvent;

class EventReaderTest {

    static final EventTypes TYPES = new EventTypes();
    static final String DATA = "{\"user_id\":\"u1\",\"email\":\"u1@example.com\",\"role\":\"MEMBER\"}";

    private static final MessageCodec<PlatformEvent> CODEC = MessageCodec.of(PlatformEvent.class);

    static Stream<Arguments> senseless() {
        return Stream.of(
                refused("no id", it -> it.setEventId("")),
                refused("an organisation that is no id", it -> it.setOrgId("a b")),
                refused("a type that is no type", it -> it.setType("Joined")),
                refused("a breach by somebody else", it -> it.setType("guard.malicious_package_detected")),
                refused("a type that nobody knows", it -> it.setType("member.promoted")),
                refused("data without what its type needs", it -> it.setData("{\"user_id\":\"u1\"}")),
                refused(
                        "data of another kind",
                        it -> it.setData("{\"user_id\":1,\"email\":\"a@example.com\",\"role\":\"MEMBER\"}")),
                refused("a time before 1970", it -> it.setOccurredAt(Instant.parse("1969-12-31T23:59:59.999Z"))),
                refused("a time after 9999", it -> it.setOccurredAt(Instant.parse("+10000-01-01T00:00:00Z"))),
                refused("a field twice", it -> it.setData("{\"a\":1,\"a\":2}")),
                refused("a field twice inside", it -> it.setData("{\"o\":{\"a\":1,\"a\":2}}")),
                refused("data that is no object", it -> it.setData("[]")),
                refused("data that does not end", it -> it.setData("{\"a\":1")),
                refused("two objects", it -> it.setData("{}{}")),
                refused("deep data", it -> it.setData("{\"a\":".repeat(65) + "1" + "}".repeat(65))),
                refused("long data", it -> it.setData("{\"a\":\"" + "a".repeat(200_000) + "\"}")),
                refused("an endpoint that is no id", it -> it.setWebhookEndpointIds(List.of("a b"))),
                refused(
                        "an endpoint that is called as rows of mails are",
                        it -> it.setWebhookEndpointIds(List.of("email"))),
                refused("endpoints without end", it -> it.setWebhookEndpointIds(Collections.nCopies(101, "WH1"))));
    }

    private static Arguments refused(String what, UnaryOperator<PlatformEvent.Builder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("senseless")
    void refuses(String what, UnaryOperator<PlatformEvent.Builder> change) {
        // Given
        byte[] bytes = CODEC.encode(change.apply(event()).build());

        // When / Then
        assertThrows(IllegalArgumentException.class, () -> EventReader.read(bytes, TYPES), what);
    }

    @Test
    void readsAnEvent() {
        // When
        EventReader.Event read = EventReader.read(CODEC.encode(event().build()), TYPES);

        // Then
        assertEquals("acme", read.audience().orgId());
        assertEquals(DATA, read.event().getData());
    }

    @Test
    void takesTheLastTimeAndMembersThatTheSchemaDoesNotName() {
        // Given
        PlatformEvent.Builder event = event().setOccurredAt(Instant.parse("9999-12-31T23:59:59.999Z"))
                .setData(DATA.replace("}", ",\"since\":1.50}"));

        // When
        EventReader.Event read = EventReader.read(CODEC.encode(event.build()), TYPES);

        // Then
        assertEquals(DATA.replace("}", ",\"since\":1.50}"), read.event().getData());
    }

    static PlatformEvent.Builder event() {
        return PlatformEvent.newBuilder()
                .setEventId("1")
                .setOrgId("acme")
                .setType("member.joined")
                .setOccurredAt(Instant.parse("2026-04-17T10:00:00Z"))
                .setData(DATA)
                .setWebhookEndpointIds(List.of());
    }
}
