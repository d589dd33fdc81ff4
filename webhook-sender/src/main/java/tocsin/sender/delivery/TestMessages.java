package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.sender.deliverylog.DeliveryLog;
import tocsin.sender.deliverylog.LogEntry;
import tocsin.sender.deliverylog.LoggedAttempt;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.egress.EgressConfig;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.endpoint.EndpointSecrets;
import tocsin.sender.endpoint.SigningSecrets;

/**
 * A message of type {@code webhook.test}, sent once while its owner waits: just as a delivery, but nothing follows from what the
 * receiver answers. A disabled endpoint gets it too, so that one can see whether it is mended.
 */
@Singleton
final class TestMessages {

    static final String TYPE = "webhook.test";

    /** After the end of one, until another may begin. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** Beside the deadline of the attempt: what an instance may lose before it and after it. */
    private static final Duration SLACK = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(TestMessages.class);

    private final EndpointRegistry endpoints;
    private final EndpointSecrets secrets;
    private final Attempting attempting;
    private final DeliveryLog log;
    private final Clock clock;
    private final Duration longest;

    TestMessages(
            EndpointRegistry endpoints,
            EndpointSecrets secrets,
            Attempting attempting,
            DeliveryLog log,
            EgressConfig egress,
            Clock clock) {
        this.endpoints = endpoints;
        this.secrets = secrets;
        this.attempting = attempting;
        this.log = log;
        this.clock = clock;
        this.longest = egress.deadline().plus(SLACK);
    }

    /** What came of it. */
    sealed interface Tested {

        record Sent(String webhookId, Attempting.Made made) implements Tested {}

        record NoSuchEndpoint() implements Tested {}

        /**
         * One at a time over all instances, and none within a second of the last: it is the owner's tool, not anybody's way to
         * make us knock often.
         */
        record NotYet() implements Tested {}
    }

    /** @throws java.util.concurrent.RejectedExecutionException if we have no thread or connection free for it */
    Tested send(String orgId, String endpointId) throws InterruptedException {
        Optional<Endpoint> endpoint = endpoints.find(orgId, endpointId);
        Optional<SigningSecrets> signing = endpoint.flatMap(it -> secrets.signing(it.id()));
        if (endpoint.isEmpty() || signing.isEmpty()) {
            return new Tested.NoSuchEndpoint();
        }
        Instant now = clock.instant();
        if (!endpoints.beginTest(endpointId, now, now.plus(longest))) {
            return new Tested.NotYet();
        }
        try {
            return send(endpoint.get(), signing.get());
        } finally {
            endpoints.endTest(endpointId, clock.instant().plus(PAUSE));
        }
    }

    private Tested send(Endpoint endpoint, SigningSecrets signing) throws InterruptedException {
        String webhookId = "msg_" + UUID.randomUUID();
        Instant now = clock.instant();
        // No notification waits for it.
        WebhookMessage message = new WebhookMessage(
                new LoggedDelivery(webhookId, endpoint.id(), "", endpoint.orgId(), TYPE),
                now,
                "{\"endpoint_id\":\"" + endpoint.id() + "\",\"message\":\"This is a test. Nothing has happened.\"}");
        Attempting.Made made = attempting.attempt(message, endpoint, signing, 1, Trigger.TEST);
        LoggedAttempt attempt = made.logged();
        log.write(LogEntry.settled(
                message.delivery(),
                attempt,
                new Settlement(attempt.errorClass().isEmpty(), 1, attempt.reason(), clock.instant()),
                message.encoded()));
        LOG.atInfo()
                .addKeyValue("webhookId", webhookId)
                .addKeyValue("endpointId", endpoint.id())
                .addKeyValue("outcome", made.outcome().getClass().getSimpleName())
                .log("endpoint.tested");
        return new Tested.Sent(webhookId, made);
    }
}
