package tocsin.sender.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {

    // The vector that the Standard Webhooks reference libraries share in their own tests (version 1.0.0).
    private static final SigningSecret SECRET = new SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final Instant AT = Instant.ofEpochSecond(1_614_265_330);
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    @Test
    void givesTheSignatureOfTheReferenceVector() {
        // When
        String signature = WebhookSignature.sign(ID, AT, BODY, List.of(SECRET));

        // Then
        assertEquals(SIGNATURE, signature);
    }

    @Test
    void countsWholeSecondsOnly() {
        // When
        String signature = WebhookSignature.sign(ID, AT.plusMillis(999), BODY, List.of(SECRET));

        // Then
        assertEquals(SIGNATURE, signature);
    }

    @Test
    void isAcceptedByTheReferenceLibraryWithEitherOfTwoSecrets() throws WebhookVerificationException {
        // Given
        SigningSecret current = SigningSecret.generate(new SecureRandom());
        SigningSecret old = SigningSecret.generate(new SecureRandom());
        Instant now = Clock.systemUTC().instant();

        // When
        String signatures = WebhookSignature.sign(ID, now, BODY, List.of(current, old));

        // Then
        verify(current, now, signatures);
        verify(old, now, signatures);
        SigningSecret stranger = SigningSecret.generate(new SecureRandom());
        assertThrows(WebhookVerificationException.class, () -> verify(stranger, now, signatures));
    }

    private static void verify(SigningSecret secret, Instant at, String signatures)
            throws WebhookVerificationException {
        HttpHeaders headers = HttpHeaders.of(
                Map.of(
                        "webhook-id", List.of(ID),
                        "webhook-timestamp", List.of(Long.toString(at.getEpochSecond())),
                        "webhook-signature", List.of(signatures)),
                (_, _) -> true);
        new Webhook(secret.encoded()).verify(new String(BODY, UTF_8), headers);
    }

    @Test
    void refusesAnIdThatCouldBeReadAsSomethingElse() {
        assertThrows(IllegalArgumentException.class, () -> WebhookSignature.sign("msg_1.2", AT, BODY, List.of(SECRET)));
    }

    @Test
    void refusesToSignWithNothing() {
        assertThrows(IllegalArgumentException.class, () -> WebhookSignature.sign(ID, AT, BODY, List.of()));
    }
}
