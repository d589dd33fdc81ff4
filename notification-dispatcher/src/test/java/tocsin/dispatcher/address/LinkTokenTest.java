package tocsin.dispatcher.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTokenTest {

    private static final String NONCE = "abcdefghijklmnopqrstuvwxyz012345";

    private final LinkToken tokens = new LinkToken("test", "k".repeat(32));

    @Test
    void knowsItsOwnTokens() {
        // When / Then
        assertEquals(Optional.of(NONCE), tokens.verify(tokens.sign(NONCE)));
    }

    @Test
    void refusesATokenOfAnotherKey() {
        // Given
        String foreign = new LinkToken("test", "x".repeat(32)).sign(NONCE);

        // When / Then
        assertEquals(Optional.empty(), tokens.verify(foreign));
    }

    @Test
    void refusesATokenOfAnotherPurpose() {
        // When / Then
        assertEquals(Optional.empty(), tokens.verify(new LinkToken("other", "k".repeat(32)).sign(NONCE)));
    }

    @Test
    void refusesAnotherNonceUnderTheSameSignature() {
        // Given
        String token = tokens.sign(NONCE).replace("abc", "abd");

        // When / Then
        assertEquals(Optional.empty(), tokens.verify(token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "abc", "abcdefghijklmnopqrstuvwxyz012345.", "a.b.c"})
    void refusesWhatIsNoToken(String text) {
        // When / Then
        assertEquals(Optional.empty(), tokens.verify(text));
    }
}
