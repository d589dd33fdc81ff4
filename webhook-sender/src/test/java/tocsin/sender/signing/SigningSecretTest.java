package tocsin.sender.signing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningSecretTest {

    @Test
    void hasThirtyTwoRandomBytes() {
        // When
        SigningSecret one = SigningSecret.generate(new SecureRandom());
        SigningSecret another = SigningSecret.generate(new SecureRandom());

        // Then
        assertTrue(one.encoded().startsWith("whsec_"));
        assertEquals(32, one.key().length);
        assertNotEquals(one, another);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_c2hvcnQ=",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
                "whsec_",
            })
    void refusesWhatIsNoneAndDoesNotRepeatIt(String text) {
        // When
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> new SigningSecret(text));

        // Then
        assertFalse(String.valueOf(refusal.getMessage()).contains("MfKQ"));
    }

    @Test
    void isNotShownByItsText() {
        // Given
        SigningSecret secret = SigningSecret.generate(new SecureRandom());

        // Then
        assertEquals("SigningSecret[redacted]", secret.toString());
    }
}
