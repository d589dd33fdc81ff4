package tocsin.service.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenRoutesTest {

    @ParameterizedTest
    @ValueSource(strings = {"/**", "/*", "**", "v1/x", "", "/", "/*/x", "/v*/x", "/?1/x"})
    void refusesAPatternThatOpensTooMuch(String pattern) {
        assertThrows(IllegalArgumentException.class, () -> OpenRoutes.of(pattern));
    }

    @Test
    void takesABranch() {
        assertEquals(
                List.of("/v1/confirmations/*", "/.well-known/keys.json"),
                OpenRoutes.of("/v1/confirmations/*", "/.well-known/keys.json").patterns());
    }
}
