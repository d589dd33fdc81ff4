package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** Messages that anybody with the public key can verify. */
class PublicKeyTest {

    /** What comes before the point in X.509 (RFC 8410, 4). */
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private final SenderService sender = SenderService.shared();

    private String key(Registered endpoint, String route) {
        return json(sender.call("POST", endpoint.path() + route, ""))
                .path("public_key")
                .asText();
    }

    private ReceivedRequest delivered(WebhookReceiver receiver, Registered endpoint) {
        int before = receiver.received().size();
        sender.request(SenderService.request(endpoint).build());
        return receiver.awaitRequests(before + 1, LIMIT).getLast();
    }

    private static String signatures(ReceivedRequest request) {
        return request.header("webhook-signature").orElseThrow();
    }

    /** As a receiver does it that has nothing of ours but the public key. */
    private static boolean verifies(String publicKey, ReceivedRequest request, String body)
            throws GeneralSecurityException {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.writeBytes(X509);
        encoded.writeBytes(Base64.getDecoder().decode(publicKey.substring("whpk_".length())));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(
                KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.toByteArray())));
        signature.update((request.header("webhook-id").orElseThrow()
                        + "."
                        + request.header("webhook-timestamp").orElseThrow() + "." + body)
                .getBytes(UTF_8));
        String own = signatures(request).replaceFirst(".*v1a,", "");
        return signature.verify(Base64.getDecoder().decode(own));
    }

    @Test
    void verifiesWhatIsSignedBesideTheSecret() throws GeneralSecurityException, WebhookVerificationException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());

            // When
            String key = key(endpoint, "/enable-ed25519");
            ReceivedRequest request = delivered(receiver, endpoint);

            // Then
            assertTrue(verifies(key, request, request.bodyText()));
            assertFalse(verifies(key, request, request.bodyText() + " "));
            new Webhook(endpoint.secret())
                    .verify(request.bodyText(), HttpHeaders.of(request.headers(), (_, _) -> true));
            assertEquals(key, key(endpoint, "/enable-ed25519"));
        }
    }

    @Test
    void isThereForEverybodyAndOnlyWhileItSigns() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
            String before = signatures(delivered(receiver, endpoint));
            String key = key(endpoint, "/enable-ed25519");

            // When
            HttpResponse<String> fetched = sender.open(endpoint.path() + "/public-key");
            key(endpoint, "/disable-ed25519");

            // Then
            assertEquals(200, fetched.statusCode());
            assertEquals(key, json(fetched).get("public_key").asText());
            assertEquals(404, sender.open(endpoint.path() + "/public-key").statusCode());
            assertFalse(before.contains("v1a"));
            assertFalse(signatures(delivered(receiver, endpoint)).contains("v1a"));
            assertNotEquals(key, key(endpoint, "/enable-ed25519"));
            assertEquals(
                    404,
                    sender.open("/v1/orgs/" + SenderService.newOrg() + "/webhook-endpoints/" + endpoint.id()
                                    + "/public-key")
                            .statusCode());
        }
    }
}
