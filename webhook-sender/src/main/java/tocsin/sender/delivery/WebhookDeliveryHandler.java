package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.EngineHeaders;
import tocsin.engine.FaultScope;
import tocsin.engine.Outcome;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.UndecodableMessageException;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.deliverylog.DeliveryLog;
import tocsin.sender.deliverylog.LogEntry;
import tocsin.sender.deliverylog.LoggedAttempt;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.endpoint.SigningSecrets;
import tocsin.sender.parking.ParkedDelivery;
import tocsin.sender.parking.ParkingConfig;
import tocsin.sender.parking.ParkingRepository;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.Quarantine;

/** Gives each request of the engine its next attempt, or its end, and has that durable before it returns. */
@Singleton
final class WebhookDeliveryHandler implements DeliveryHandler {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliveryHandler.class);

    /** Longer than any of the headers that go on with a request has reason to be. */
    private static final int LONGEST_HEADER = 512;

    /** Those that tell who sent it and belong to it wherever it goes. */
    private static final List<String> OF_THE_MESSAGE = List.of(
            MessageHeaders.MESSAGE_ID, MessageHeaders.TRACEPARENT, Round.HEADERS.getFirst(), Round.HEADERS.getLast());

    private static final String DELETED = "endpoint deleted";

    private final EndpointRegistry endpoints;
    private final Standings standings;
    private final Attempting attempting;
    private final DeliveryLog log;
    private final ParkingRepository parking;
    private final ParkingConfig parkingConfig;
    private final DeliveryConfig config;
    private final Quarantine quarantine;
    private final DatabaseClient database;
    private final Clock clock;

    WebhookDeliveryHandler(
            EndpointRegistry endpoints,
            Standings standings,
            Attempting attempting,
            DeliveryLog log,
            ParkingRepository parking,
            ParkingConfig parkingConfig,
            DeliveryConfig config,
            Quarantine quarantine,
            DatabaseClient database,
            Clock clock) {
        this.endpoints = endpoints;
        this.standings = standings;
        this.attempting = attempting;
        this.log = log;
        this.parking = parking;
        this.parkingConfig = parkingConfig;
        this.config = config;
        this.quarantine = quarantine;
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Outcome deliver(Delivery delivery) throws InterruptedException {
        WebhookMessage message;
        try {
            message = WebhookMessage.decode(delivery.value());
        } catch (UndecodableMessageException e) {
            quarantine.put(badRecord(delivery), String.valueOf(e.getMessage()));
            return new Outcome.Done();
        }
        return switch (standings.of(message.delivery(), round(delivery))) {
            case Standing.Settled(Settlement settlement) -> {
                log.write(LogEntry.settled(message.delivery(), settlement, delivery.value()));
                yield new Outcome.Done();
            }
            case Standing.Over() -> new Outcome.Done();
            case Standing.Deleted() -> {
                fail(message.delivery(), delivery.attempt() - 1, DELETED, delivery);
                yield new Outcome.Dead(DELETED);
            }
            case Standing.Disabled(String reason) -> {
                // Whoever enables an endpoint has mended it: all attempts begin again.
                park(parked(delivery, message.delivery(), reason, Duration.ZERO), message.delivery(), round(delivery));
                yield new Outcome.Park(reason);
            }
            case Standing.Ready(Endpoint endpoint, SigningSecrets signing) ->
                record(
                        delivery,
                        message.delivery(),
                        attempting.attempt(message, endpoint, signing, delivery.attempt(), trigger(delivery)));
        };
    }

    private static Trigger trigger(Delivery delivery) {
        return delivery.attempt() == 1 ? round(delivery).map(Round::trigger).orElse(Trigger.FIRST) : Trigger.RETRY;
    }

    private static Optional<Round> round(Delivery delivery) {
        return Round.of(delivery.header(Round.HEADERS.getFirst()), delivery.header(Round.HEADERS.getLast()));
    }

    private Outcome record(Delivery record, LoggedDelivery delivery, Attempting.Made made) throws InterruptedException {
        int number = made.logged().number();
        Optional<Round> round = round(record);
        Outcome next = switch (made.outcome()) {
            case DeliveryOutcome.Delivered delivered -> {
                log.write(LogEntry.settled(
                                delivery,
                                made.logged(),
                                new Settlement(true, number, Optional.empty(), clock.instant()),
                                record.value())
                        .in(round));
                yield new Outcome.Done();
            }
            case DeliveryOutcome.Failed failed -> {
                log.write(LogEntry.retrying(delivery, followed(made.logged(), failed), record.value())
                        .in(round));
                yield new Outcome.RetryLater(failed.reason(), failed.atLeast());
            }
            case DeliveryOutcome.Gone gone -> {
                String reason = gone.reason();
                Instant now = clock.instant();
                database.together(() -> {
                    endpoints.disable(delivery.orgId(), delivery.endpointId(), reason);
                    log.writeHere(
                            LogEntry.settled(
                                            delivery,
                                            made.logged(),
                                            new Settlement(false, number, Optional.of(reason), now),
                                            record.value())
                                    .in(round),
                            now);
                });
                yield new Outcome.Dead(reason);
            }
        };
        LOG.atInfo()
                .addKeyValue("webhookId", delivery.webhookId())
                .addKeyValue("endpointId", delivery.endpointId())
                .addKeyValue("attempt", number)
                .addKeyValue("outcome", next.getClass().getSimpleName())
                .addKeyValue(
                        "status", made.logged().status().map(String::valueOf).orElse("none"))
                .addKeyValue("reason", made.logged().reason().orElse(""))
                .addKeyValue("tookMs", made.logged().took().toMillis())
                .log("delivery.attempted");
        return next;
    }

    /** Where the ladder goes on, with the time before which it does not. */
    private LoggedAttempt followed(LoggedAttempt attempt, DeliveryOutcome.Failed failed) {
        return config.waitAfter(attempt.number())
                .map(wait -> failed.atLeast()
                        .filter(longer -> longer.compareTo(wait) > 0)
                        .orElse(wait))
                .map(wait -> attempt.followedAt(clock.instant().plus(wait)))
                .orElse(attempt);
    }

    @Override
    public void exhausted(Delivery delivery, String reason) throws InterruptedException {
        fail(WebhookMessage.decode(delivery.value()).delivery(), delivery.attempt(), reason, delivery);
    }

    private void fail(LoggedDelivery delivery, int attempts, String reason, Delivery record)
            throws InterruptedException {
        log.write(LogEntry.settled(
                        delivery, new Settlement(false, attempts, Optional.of(reason), clock.instant()), record.value())
                .in(round(record)));
        LOG.atWarn()
                .addKeyValue("webhookId", delivery.webhookId())
                .addKeyValue("endpointId", delivery.endpointId())
                .addKeyValue("attempts", attempts)
                .addKeyValue("reason", reason)
                .log("delivery.failed");
    }

    @Override
    public boolean park(Delivery delivery, String reason) {
        try {
            LoggedDelivery logged = WebhookMessage.decode(delivery.value()).delivery();
            park(parkedMidway(delivery, logged, reason, parkingConfig.busyPause()), logged, round(delivery));
            return true;
        } catch (UndecodableMessageException _) {
            // It waits its turn, and deliver() puts it into quarantine.
            return false;
        }
    }

    /** Comes back as a new request. */
    private ParkedDelivery parked(Delivery delivery, LoggedDelivery logged, String reason, Duration pause) {
        return parked(delivery, logged, Topics.WEBHOOK_REQUESTED, OF_THE_MESSAGE, reason, pause);
    }

    /** Comes back with its attempts, or a crowded endpoint would be tried without end. Only a retry topic takes these. */
    private ParkedDelivery parkedMidway(Delivery delivery, LoggedDelivery logged, String reason, Duration pause) {
        List<String> headers = new ArrayList<>(OF_THE_MESSAGE);
        headers.addAll(EngineHeaders.PROGRESS);
        return parked(delivery, logged, Topics.WEBHOOK_RETRY_1S, headers, reason, pause);
    }

    private ParkedDelivery parked(
            Delivery delivery,
            LoggedDelivery logged,
            Topic topic,
            List<String> headers,
            String reason,
            Duration pause) {
        Instant now = clock.instant();
        return new ParkedDelivery(
                logged.webhookId(),
                logged.endpointId(),
                topic.name(),
                delivery.value(),
                passedOn(delivery, headers),
                reason,
                now,
                now.plus(pause));
    }

    private void park(ParkedDelivery parked, LoggedDelivery logged, Optional<Round> round) {
        database.together(() -> {
            parking.park(parked);
            log.writeHere(
                    LogEntry.parked(logged, parked.reason(), parked.parkedAt(), parked.request())
                            .in(round),
                    parked.parkedAt());
        });
        LOG.atInfo()
                .addKeyValue("webhookId", logged.webhookId())
                .addKeyValue("endpointId", logged.endpointId())
                .addKeyValue("reason", parked.reason())
                .log("delivery.parked");
    }

    private static Map<String, byte[]> passedOn(Delivery delivery, List<String> names) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (String name : names) {
            delivery.header(name)
                    .filter(value -> value.length() <= LONGEST_HEADER)
                    .ifPresent(value -> headers.put(name, value.getBytes(UTF_8)));
        }
        return headers;
    }

    private static BadRecord badRecord(Delivery delivery) {
        RecordHeaders headers = new RecordHeaders();
        delivery.headers().forEach(header -> headers.add(header.name(), header.value()));
        return new BadRecord(
                delivery.topic(), delivery.partition(), delivery.offset(), delivery.key(), delivery.value(), headers);
    }

    @Override
    public FaultScope scopeOf(Exception fault) {
        return fault instanceof DatabaseException broken && broken.isOutage()
                ? FaultScope.SERVICE
                : FaultScope.DELIVERY;
    }
}
