package tocsin.sender.signing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.json;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.signing.NodeVerifiers.Question;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** Deliveries as they were received, checked by other people's code in another language. */
class NodeVerifiersTest {

    private final SenderService sender = SenderService.shared();

    private static NodeVerifiers verifiers;

    @BeforeAll
    static void prepare() {
        verifiers = NodeVerifiers.prepare();
    }

    @Test
    void acceptOldAndNewSecretDuringARotation() throws IOException, InterruptedException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url(), "takumo");
            String rotated = json(sender.call("POST", endpoint.path() + "/rotate-secret", ""))
                    .get("secret")
                    .asText();
            String publicKey = json(sender.call("POST", endpoint.path() + "/enable-ed25519", ""))
                    .get("public_key")
                    .asText();
            String strangers = SigningSecret.generate(new SecureRandom()).encoded();
            sender.request(SenderService.request(endpoint).build());
            ReceivedRequest request =
                    receiver.awaitRequests(1, SenderService.LIMIT).getFirst();
            Map<Question, Boolean> expected = new LinkedHashMap<>();
            for (String library : List.of("standardwebhooks", "svix")) {
                expected.put(question(library, endpoint.secret(), request, ""), true);
                expected.put(question(library, rotated, request, ""), true);
                expected.put(question(library, strangers, request, ""), false);
                expected.put(question(library, rotated, request, " "), false);
            }
            expected.put(question("v1a", publicKey, request, ""), true);
            expected.put(question("v1a", Ed25519Key.generate().publicKey(), request, ""), false);
            expected.put(question("v1a", publicKey, request, " "), false);
            // One signature: the receiver's old secret, until its owner switches.
            expected.put(question("takumo", endpoint.secret(), request, ""), true);
            expected.put(question("takumo", rotated, request, ""), false);
            expected.put(question("takumo", endpoint.secret(), request, " "), false);

            // When
            List<Boolean> answers = verifiers.accept(List.copyOf(expected.keySet()));

            // Then
            assertEquals(List.copyOf(expected.values()), answers);
        }
    }

    private static Question question(String verifier, String secret, ReceivedRequest request, String appended) {
        Map<String, String> headers = new TreeMap<>();
        for (String name : List.of("webhook-id", "webhook-timestamp", "webhook-signature", "x-takumo-signature")) {
            headers.put(name, request.header(name).orElseThrow());
        }
        return new Question(verifier, secret, headers, request.bodyText() + appended);
    }
}
