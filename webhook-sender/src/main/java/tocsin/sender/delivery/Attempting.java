package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tocsin.sender.deliverylog.LoggedAttempt;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.egress.EgressClient;
import tocsin.sender.egress.EgressRequest;
import tocsin.sender.egress.EgressResult;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointFormat;
import tocsin.sender.endpoint.EndpointHeaders;
import tocsin.sender.endpoint.EndpointKeys;
import tocsin.sender.endpoint.SigningSecrets;
import tocsin.sender.signing.Ed25519Key;
import tocsin.sender.signing.TakumoSignature;
import tocsin.sender.signing.WebhookSignature;

/** One attempt: signed now, sent once, judged. Id and data are those of the message at every attempt; the form is the endpoint's now. */
@Singleton
final class Attempting {

    private final EgressClient egress;
    private final EndpointHeaders customHeaders;
    private final EndpointKeys keys;
    private final DeliveryConfig config;
    private final Clock clock;

    Attempting(
            EgressClient egress, EndpointHeaders customHeaders, EndpointKeys keys, DeliveryConfig config, Clock clock) {
        this.egress = egress;
        this.customHeaders = customHeaders;
        this.keys = keys;
        this.config = config;
        this.clock = clock;
    }

    /**
     * @param logged for the delivery log
     * @param result without what nobody is to read in it
     */
    record Made(DeliveryOutcome outcome, LoggedAttempt logged, EgressRequest request, EgressResult result) {}

    Made attempt(WebhookMessage message, Endpoint endpoint, SigningSecrets secrets, int number, Trigger trigger)
            throws InterruptedException {
        Instant at = clock.instant();
        byte[] body = message.body(endpoint.format(), secrets.single());
        Optional<Ed25519Key> key = keys.of(endpoint);
        SequencedMap<String, String> headers = headers(message, at, body, secrets, key);
        if (endpoint.format() == EndpointFormat.TAKUMO) {
            headers.put("x-takumo-signature", TakumoSignature.sign(body, secrets.single()));
        }
        SequencedMap<String, String> custom = customHeaders.of(endpoint);
        // None of ours is among them: HeaderRules.
        headers.putAll(custom);
        EgressRequest request = new EgressRequest(endpoint.url(), endpoint.orgId(), headers, body);
        EgressResult result = egress.post(request);
        DeliveryOutcome outcome = DeliveryOutcome.of(result, new RetryAfter(clock.instant(), config.retryAfterCap()));
        EgressResult shown = Redaction.of(custom.values()).of(result);
        LoggedAttempt logged =
                AttemptLog.of(outcome, number, trigger, at, request, custom.keySet(), ids(secrets, key), shown);
        return new Made(outcome, logged, request, shown);
    }

    private static List<String> ids(SigningSecrets secrets, Optional<Ed25519Key> key) {
        List<String> ids = new ArrayList<>(secrets.ids());
        key.ifPresent(_ -> ids.add("ed25519"));
        return ids;
    }

    private static SequencedMap<String, String> headers(
            WebhookMessage message, Instant at, byte[] body, SigningSecrets secrets, Optional<Ed25519Key> key) {
        String id = message.delivery().webhookId();
        SequencedMap<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        headers.put("user-agent", "Tocsin");
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(at.getEpochSecond()));
        String signatures = WebhookSignature.sign(id, at, body, secrets.all());
        headers.put(
                "webhook-signature",
                key.map(it -> signatures + " " + it.sign(id, at, body)).orElse(signatures));
        return headers;
    }
}
