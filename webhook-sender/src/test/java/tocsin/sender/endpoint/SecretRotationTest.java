package tocsin.sender.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.signing.SigningSecret;
import tocsin.testsupport.MovableClock;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

class SecretRotationTest {

    private static final String URL = "https://hooks.example.com/tocsin";

    private final SenderService sender = SenderService.shared();

    private JsonNode rotate(Registered endpoint, String body) {
        HttpResponse<String> answer = sender.call("POST", endpoint.path() + "/rotate-secret", body);
        assertEquals(200, answer.statusCode(), answer.body());
        return json(answer);
    }

    private ReceivedRequest delivered(Registered endpoint, WebhookReceiver receiver) {
        int before = receiver.received().size();
        sender.request(SenderService.request(endpoint).build());
        return receiver.awaitRequests(before + 1, SenderService.LIMIT).getLast();
    }

    private static void accepts(String secret, ReceivedRequest request) throws WebhookVerificationException {
        new Webhook(secret).verify(request.bodyText(), HttpHeaders.of(request.headers(), (_, _) -> true));
    }

    private static void refuses(String secret, ReceivedRequest request) {
        assertThrows(WebhookVerificationException.class, () -> accepts(secret, request));
    }

    @Test
    void signsWithOldAndNewForADayAndSaysUntilWhen() throws WebhookVerificationException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            Instant before = Clock.systemUTC().instant();

            // When
            HttpResponse<String> answer = sender.call("POST", endpoint.path() + "/rotate-secret", "");

            // Then
            JsonNode rotated = json(answer);
            assertEquals(
                    "no-store", answer.headers().firstValue("cache-control").orElse(""));
            ReceivedRequest request = delivered(endpoint, receiver);
            accepts(rotated.get("secret").asText(), request);
            accepts(endpoint.secret(), request);
            JsonNode secrets = rotated.get("secrets");
            assertEquals(2, secrets.size());
            assertTrue(secrets.get(0).path("expires_at").isMissingNode());
            Instant until = Instant.parse(secrets.get(1).get("expires_at").asText());
            assertTrue(!until.isBefore(before.plus(Duration.ofHours(24)).minusMillis(1)), until::toString);
            assertTrue(until.isBefore(before.plus(Duration.ofHours(24)).plusSeconds(30)), until::toString);
            assertEquals(
                    secrets,
                    json(sender.call("GET", endpoint.path() + "/secrets", "")).get("secrets"));
        }
    }

    @Test
    void keepsAllThatHaveNotExpiredAtASecondRotation() throws WebhookVerificationException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());

            // When
            String second = rotate(endpoint, "{}").get("secret").asText();
            String third = rotate(endpoint, "{}").get("secret").asText();

            // Then
            ReceivedRequest request = delivered(endpoint, receiver);
            for (String secret : List.of(endpoint.secret(), second, third)) {
                accepts(secret, request);
            }
        }
    }

    @Test
    void revokesTheOldOnesAtOnce() throws WebhookVerificationException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            String second = rotate(endpoint, "{}").get("secret").asText();

            // When
            JsonNode left = json(sender.call("POST", endpoint.path() + "/revoke-old-secrets", ""));

            // Then
            assertEquals(1, left.get("secrets").size());
            ReceivedRequest request = delivered(endpoint, receiver);
            accepts(second, request);
            refuses(endpoint.secret(), request);
            String third =
                    rotate(endpoint, "{\"revoke_old\": true}").get("secret").asText();
            ReceivedRequest next = delivered(endpoint, receiver);
            accepts(third, next);
            refuses(second, next);
        }
    }

    @Test
    void signsWithTheNewOneAloneADayLater() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        MovableClock clock = MovableClock.at(Instant.parse("2026-04-17T12:00:00Z"));
        EndpointSecrets secrets = with(clock);
        secrets.rotate(endpoint.org(), endpoint.id(), false);
        clock.advance(Duration.ofHours(1));
        secrets.rotate(endpoint.org(), endpoint.id(), false);

        // When
        List<Integer> signing = new ArrayList<>();
        for (Duration step : List.of(
                Duration.ofHours(23).minusMillis(1), Duration.ofMillis(1), Duration.ofHours(1), Duration.ofDays(99))) {
            clock.advance(step);
            signing.add(secrets.signing(endpoint.id()).orElseThrow().all().size());
        }

        // Then
        assertEquals(List.of(3, 2, 1, 1), signing);
    }

    @Test
    void isInForceOnEveryInstanceAtOnce() {
        try (SenderService.Instance other = sender.another()) {
            // Given
            Registered endpoint = sender.register(newOrg(), URL);
            EndpointSecrets elsewhere = other.part(EndpointSecrets.class);
            assertEquals(1, elsewhere.signing(endpoint.id()).orElseThrow().all().size());

            // When
            String second = rotate(endpoint, "{}").get("secret").asText();
            List<SigningSecret> both =
                    elsewhere.signing(endpoint.id()).orElseThrow().all();
            sender.call("POST", endpoint.path() + "/revoke-old-secrets", "");
            List<SigningSecret> one =
                    elsewhere.signing(endpoint.id()).orElseThrow().all();

            // Then
            assertEquals(List.of(new SigningSecret(second), new SigningSecret(endpoint.secret())), both);
            assertEquals(List.of(new SigningSecret(second)), one);
        }
    }

    @Test
    void letsNoMoreSecretsSignThanAHeaderHolds() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        for (int n = 1; n < EndpointSecrets.MOST_AT_A_TIME; n++) {
            rotate(endpoint, "{}");
        }

        // When
        HttpResponse<String> refused = sender.call("POST", endpoint.path() + "/rotate-secret", "{}");

        // Then
        assertEquals(409, refused.statusCode(), refused.body());
        assertEquals(
                1, rotate(endpoint, "{\"revoke_old\": true}").get("secrets").size());
    }

    private EndpointSecrets with(Clock clock) {
        return new EndpointSecrets(
                sender.part(EndpointRegistry.class),
                sender.part(SecretRepository.class),
                sender.part(SecretVault.class),
                sender.part(DatabaseClient.class),
                clock);
    }
}
