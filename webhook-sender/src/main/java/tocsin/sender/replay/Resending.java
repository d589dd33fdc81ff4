package tocsin.sender.replay;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.PayloadRepository;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.deliverylog.RoundRepository;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;

/** Sends one delivery again because a person asked for it, whether it arrived before or not. */
@Singleton
final class Resending {

    private static final Logger LOG = LoggerFactory.getLogger(Resending.class);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final EndpointRegistry endpoints;
    private final PayloadRepository payloads;
    private final RoundRepository repository;
    private final Rounds rounds;
    private final DatabaseClient database;
    private final ReplayConfig config;
    private final Clock clock;

    Resending(
            EndpointRegistry endpoints,
            PayloadRepository payloads,
            RoundRepository repository,
            Rounds rounds,
            DatabaseClient database,
            ReplayConfig config,
            Clock clock) {
        this.endpoints = endpoints;
        this.payloads = payloads;
        this.repository = repository;
        this.rounds = rounds;
        this.database = database;
        this.config = config;
        this.clock = clock;
    }

    /** What came of the wish. */
    sealed interface Resend {

        record Begun(Round round) implements Resend {}

        /** It is under way, or was asked for a moment ago: once is enough. */
        record BegunBefore() implements Resend {}

        /** @param reason a sentence for the owner */
        record Impossible(String reason) implements Resend {}

        record TooMany(int perMinute) implements Resend {}
    }

    Resend resend(LoggedDelivery delivery) {
        Instant now = clock.instant();
        Resend came = database.inTransaction(_ -> {
            Optional<Endpoint> endpoint = endpoints.find(delivery.orgId(), delivery.endpointId());
            if (endpoint.isEmpty()) {
                return new Resend.Impossible("Its endpoint has been deleted.");
            }
            if (!endpoint.get().isEnabled()) {
                return new Resend.Impossible("Its endpoint is disabled; enable it first.");
            }
            Optional<PayloadRepository.KeptRequest> payload = payloads.find(delivery);
            if (payload.isEmpty()) {
                return new Resend.Impossible("What was sent is no longer kept.");
            }
            if (repository.resentSince(delivery.orgId(), now.minus(MINUTE)) >= config.resendsPerMinute()) {
                return new Resend.TooMany(config.resendsPerMinute());
            }
            return rounds.begin(delivery, payload.get().request(), Trigger.RESEND, now)
                    .<Resend>map(Resend.Begun::new)
                    .orElseGet(Resend.BegunBefore::new);
        });
        if (came instanceof Resend.Begun) {
            LOG.atInfo()
                    .addKeyValue("webhookId", delivery.webhookId())
                    .addKeyValue("endpointId", delivery.endpointId())
                    .log("delivery.resent");
        }
        return came;
    }
}
