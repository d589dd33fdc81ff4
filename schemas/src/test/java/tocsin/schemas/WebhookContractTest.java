package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.schemas.avro.WebhookRequested;

class WebhookContractTest {

    private static WebhookRequested.Builder request() {
        return WebhookRequested.newBuilder()
                .setWebhookId("msg_1")
                .setNotificationId("n-1")
                .setOrgId("acme")
                .setEndpointId("WHone")
                .setType("guard.malicious_package_detected")
                .setOccurredAt(Instant.parse("2026-04-17T12:00:00Z"))
                .setData("{}");
    }

    private static Arguments row(String what, UnaryOperator<WebhookRequested.Builder> change) {
        return Arguments.of(what, change);
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    static Stream<Arguments> taken() {
        return Stream.of(
                row("as it is", it -> it),
                row("the longest type", it -> it.setType("t".repeat(128))),
                row("the longest webhook id", it -> it.setWebhookId("w".repeat(128))),
                row("the first time", it -> it.setOccurredAt(Instant.EPOCH)),
                row("the last time", it -> it.setOccurredAt(Instant.parse("9999-12-31T23:59:59.999Z"))),
                row("the deepest data", it -> it.setData(nested(64))),
                row("white space", it -> it.setData(" { } ")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("taken")
    void takes(String what, UnaryOperator<WebhookRequested.Builder> change) {
        assertDoesNotThrow(() -> WebhookContract.check(change.apply(request()).build()), what);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                row("no type", it -> it.setType("")),
                row("a type too long", it -> it.setType("t".repeat(129))),
                row("a type that needs escaping", it -> it.setType("leak\"")),
                row("a webhook id with a full stop", it -> it.setWebhookId("leak.1")),
                row("a webhook id that ends a header", it -> it.setWebhookId("leak\r\nx: y")),
                row("an endpoint with a space", it -> it.setEndpointId("leak 1")),
                row("no organisation", it -> it.setOrgId("")),
                row("a notification id without end", it -> it.setNotificationId("n".repeat(257))),
                row("a time before 1970", it -> it.setOccurredAt(Instant.parse("1969-12-31T23:59:59.999Z"))),
                row("a time after 9999", it -> it.setOccurredAt(Instant.parse("+10000-01-01T00:00:00Z"))),
                row("data too deep", it -> it.setData(nested(65))),
                row("no data", it -> it.setData("")),
                row("an array", it -> it.setData("[\"leak\"]")),
                row("two objects", it -> it.setData("{}{}")),
                row("half an object", it -> it.setData("{\"leak\":")),
                row("one name twice", it -> it.setData("{\"leak\":1,\"leak\":2}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesAndRepeatsNothing(String what, UnaryOperator<WebhookRequested.Builder> change) {
        // When
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> WebhookContract.check(change.apply(request()).build()),
                what);

        // Then
        assertFalse(String.valueOf(refusal.getMessage()).contains("leak"), refusal.getMessage());
    }
}
