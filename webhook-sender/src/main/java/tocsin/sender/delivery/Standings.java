package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import tocsin.sender.breaker.EndpointBreaker;
import tocsin.sender.breaker.Health;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.DeliveryLogRepository;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.deliverylog.RoundRepository;
import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.endpoint.EndpointSecrets;
import tocsin.sender.endpoint.SigningSecrets;

/** Asks in one transaction for all that an attempt needs to know. */
@Singleton
final class Standings {

    private final DeliveryLogRepository log;
    private final RoundRepository rounds;
    private final EndpointRegistry endpoints;
    private final EndpointSecrets secrets;
    private final EndpointBreaker breaker;
    private final DatabaseClient database;
    private final Clock clock;

    Standings(
            DeliveryLogRepository log,
            RoundRepository rounds,
            EndpointRegistry endpoints,
            EndpointSecrets secrets,
            EndpointBreaker breaker,
            DatabaseClient database,
            Clock clock) {
        this.log = log;
        this.rounds = rounds;
        this.endpoints = endpoints;
        this.secrets = secrets;
        this.breaker = breaker;
        this.database = database;
        this.clock = clock;
    }

    /** @param round that it belongs to; what is settled is sent again in none but an open one */
    Standing of(LoggedDelivery delivery, Optional<Round> round) {
        return database.inTransaction(_ -> {
            Optional<Settlement> settlement = round.isPresent() ? Optional.empty() : log.settlementOf(delivery);
            if (settlement.isPresent()) {
                return new Standing.Settled(settlement.get());
            }
            if (round.isPresent() && !rounds.isOpen(delivery, round.get())) {
                return new Standing.Over();
            }
            // Another organisation's endpoint does not exist for this one.
            Optional<Endpoint> found = endpoints.find(delivery.orgId(), delivery.endpointId());
            if (found.isEmpty()) {
                return new Standing.Deleted();
            }
            Endpoint endpoint = found.get();
            if (endpoint.disabledFor().isPresent()) {
                return new Standing.Disabled(
                        "endpoint disabled: " + endpoint.disabledFor().get());
            }
            return secrets.signing(endpoint.id())
                    .map(signing -> standing(endpoint, signing))
                    .orElseGet(Standing.Deleted::new);
        });
    }

    private Standing standing(Endpoint endpoint, SigningSecrets signing) {
        return switch (breaker.ask(endpoint.id(), clock.instant())) {
            case EndpointBreaker.Answer.Go(boolean isFailing) -> new Standing.Ready(endpoint, signing, isFailing);
            case EndpointBreaker.Answer.LeaveAlone(Health health, Instant until) ->
                new Standing.LeftAlone(
                        "the endpoint is left alone for a while: its last " + health.failures() + " attempts failed",
                        until);
        };
    }
}
