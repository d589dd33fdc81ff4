package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** What a receiver of the takumo format sees and checks. */
class TakumoFormatTest {

    private final SenderService sender = SenderService.shared();
    private final WebhookReceiver receiver = sender.receiver(200);
    private final Registered endpoint = sender.register(SenderService.newOrg(), receiver.url(), "takumo");

    @AfterEach
    void close() {
        receiver.close();
    }

    private ReceivedRequest delivered() {
        int before = receiver.received().size();
        sender.request(
                SenderService.request(endpoint).setType("secret.detected").build());
        return receiver.awaitRequests(before + 1, SenderService.LIMIT).getLast();
    }

    private String call(String route) {
        return json(sender.call("POST", endpoint.path() + route, ""))
                .path("secret")
                .asText();
    }

    /** As a receiver does it that has nothing but its secret as text. */
    private static String hmac(String secret, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    }

    private static String takumoHeader(ReceivedRequest request) {
        return request.header("x-takumo-signature").orElseThrow();
    }

    @Test
    void signsTheRawBodyInAHeaderAndTheRestOfTheBodyInside()
            throws GeneralSecurityException, IOException, WebhookVerificationException {
        // When
        ReceivedRequest request = delivered();

        // Then
        String raw = request.bodyText();
        assertEquals(hmac(endpoint.secret(), raw), takumoHeader(request));
        JsonNode body = new ObjectMapper().readTree(raw);
        assertEquals("secret.detected", body.get("event").asText());
        assertEquals("2026-04-17T12:00:00Z", body.get("timestamp").asText());
        assertEquals(endpoint.org(), body.get("organization_id").asText());
        assertEquals("GHSA-é", body.at("/data/advisory/advisory_id").asText());
        String signature = body.get("signature").asText();
        assertEquals(hmac(endpoint.secret(), raw.replace(",\"signature\":\"" + signature + "\"", "")), signature);
        new Webhook(endpoint.secret()).verify(raw, HttpHeaders.of(request.headers(), (_, _) -> true));
    }

    @Test
    void keepsTheOldSecretAfterARotationUntilTheOwnerSwitches()
            throws GeneralSecurityException, WebhookVerificationException {
        // Given
        String second = call("/rotate-secret");
        String third = call("/rotate-secret");
        ReceivedRequest before = delivered();

        // When
        call("/switch-secret");
        ReceivedRequest after = delivered();

        // Then
        assertEquals(hmac(endpoint.secret(), before.bodyText()), takumoHeader(before));
        assertEquals(hmac(third, after.bodyText()), takumoHeader(after));
        // Where there is room for more than one signature, the replaced secrets sign on.
        new Webhook(second).verify(after.bodyText(), HttpHeaders.of(after.headers(), (_, _) -> true));
    }

    @Test
    void takesTheNewSecretAtOnceWhenTheOldOneIsRevoked() throws GeneralSecurityException {
        // Given
        String second = call("/rotate-secret");

        // When
        call("/revoke-old-secrets");

        // Then
        ReceivedRequest request = delivered();
        assertEquals(hmac(second, request.bodyText()), takumoHeader(request));
    }

    @Test
    void saysWhichSecretSignsTheHeader() {
        // Given
        call("/rotate-secret");

        // When
        JsonNode before = json(sender.call("GET", endpoint.path() + "/secrets", ""));
        JsonNode after = json(sender.call("POST", endpoint.path() + "/switch-secret", ""));

        // Then
        assertEquals(
                "[false,true]",
                before.get("secrets").findValues("signs_takumo").toString().replace(" ", ""));
        assertEquals(
                "[true,false]",
                after.get("secrets").findValues("signs_takumo").toString().replace(" ", ""));
    }

    @Test
    void hasNoSuchHeaderInTheStandardFormat() {
        // When
        sender.call("PATCH", endpoint.path(), "{\"format\": \"standard\"}");

        // Then
        ReceivedRequest request = delivered();
        assertEquals(false, request.header("x-takumo-signature").isPresent());
        assertEquals(true, request.bodyText().startsWith("{\"type\":\"secret.detected\","));
    }
}
