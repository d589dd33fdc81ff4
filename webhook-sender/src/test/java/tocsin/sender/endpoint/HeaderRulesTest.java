package tocsin.sender.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {

    private static boolean takes(String name, String value) {
        return EndpointHeaders.judge(Map.of(name, value), Map.of()) instanceof EndpointHeaders.Wish.Granted;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "content-type",
                "Content-Length",
                "webhook-id",
                "WEBHOOK-SIGNATURE",
                "X-Takumo-Signature",
                "svix-id",
                "Connection",
                "keep-alive",
                "Proxy-Authorization",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "Expect",
                "User-Agent",
                "X-Forwarded-For",
                "accept-encoding",
                "Cookie",
                "",
                "a b",
                "a:b",
                "a\r\nb",
                "é",
                "(a)"
            })
    void refusesNamesThatAreOursOrNoNames(String name) {
        assertFalse(takes(name, "v"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "X-Api-Key", "x-tenant_1", "traceparent"})
    void takesOtherNames(String name) {
        assertTrue(takes(name, "v"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Bearer abc|true",
                "a|true",
                "'a\tb'|true",
                "''|false",
                "' a'|false",
                "'a '|false",
                "'a\r\nwebhook-id: 1'|false",
                "'a\nb'|false",
                "'a\u0000b'|false",
                "'é'|false",
            })
    void takesValuesOfOneLine(String value, boolean taken) {
        assertEquals(taken, takes("x-key", value));
    }

    @Test
    void boundsWhatGoesWithEveryMessage() {
        // Given
        Map<String, String> ten = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            ten.put("x-" + i, "v");
        }
        Map<String, String> eleven = new LinkedHashMap<>(ten);
        eleven.put("x-10", "v");
        Map<String, String> large = new LinkedHashMap<>();
        List.of("a", "b", "c", "d").forEach(name -> large.put(name, "v".repeat(1_024)));

        // Then
        assertTrue(HeaderRules.refusal(ten).isEmpty());
        assertFalse(HeaderRules.refusal(eleven).isEmpty());
        assertFalse(HeaderRules.refusal(large).isEmpty());
        assertTrue(takes("x".repeat(64), "v".repeat(1_024)));
        assertFalse(takes("x".repeat(65), "v"));
        assertFalse(takes("x", "v".repeat(1_025)));
    }

    @Test
    void keepsAValueThatWasShownRedacted() {
        // When
        EndpointHeaders.Wish kept =
                EndpointHeaders.judge(Map.of("X-Key", EndpointHeaders.REDACTED), Map.of("x-key", "secret"));
        EndpointHeaders.Wish none = EndpointHeaders.judge(Map.of("X-Key", EndpointHeaders.REDACTED), Map.of());

        // Then
        assertEquals(
                Map.of("x-key", "secret"),
                assertInstanceOf(EndpointHeaders.Wish.Granted.class, kept).headers());
        assertInstanceOf(EndpointHeaders.Wish.Refused.class, none);
        assertInstanceOf(
                EndpointHeaders.Wish.Refused.class,
                EndpointHeaders.judge(Map.of("X-Key", "a", "x-key", "b"), Map.of()));
    }
}
