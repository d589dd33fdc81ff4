package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.FaultScope;
import tocsin.engine.Outcome;
import tocsin.schemas.UndecodableMessageException;
import tocsin.sender.breaker.BreakerConfig;
import tocsin.sender.breaker.EndpointBreaker;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.deliverylog.DeliveryLog;
import tocsin.sender.deliverylog.LogEntry;
import tocsin.sender.deliverylog.LoggedAttempt;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.parking.ParkingConfig;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.Quarantine;

/** Gives each request of the engine its next attempt, or its end, and has that durable before it returns. */
@Singleton
final class WebhookDeliveryHandler implements DeliveryHandler {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliveryHandler.class);

    private static final String DELETED = "endpoint deleted";

    private final EndpointRegistry endpoints;
    private final Standings standings;
    private final Attempting attempting;
    private final DeliveryLog log;
    private final Aside aside;
    private final ParkingConfig parkingConfig;
    private final EndpointBreaker breaker;
    private final BreakerConfig breakerConfig;
    private final DeliveryConfig config;
    private final Quarantine quarantine;
    private final DatabaseClient database;
    private final Clock clock;

    WebhookDeliveryHandler(
            EndpointRegistry endpoints,
            Standings standings,
            Attempting attempting,
            DeliveryLog log,
            Aside aside,
            ParkingConfig parkingConfig,
            EndpointBreaker breaker,
            BreakerConfig breakerConfig,
            DeliveryConfig config,
            Quarantine quarantine,
            DatabaseClient database,
            Clock clock) {
        this.endpoints = endpoints;
        this.standings = standings;
        this.attempting = attempting;
        this.log = log;
        this.aside = aside;
        this.parkingConfig = parkingConfig;
        this.breaker = breaker;
        this.breakerConfig = breakerConfig;
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
        return switch (standings.of(message.delivery(), Aside.roundOf(delivery))) {
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
                aside.asNew(delivery, message.delivery(), reason);
                yield new Outcome.Park(reason);
            }
            case Standing.LeftAlone leftAlone -> leaveAlone(delivery, message.delivery(), leftAlone);
            case Standing.Ready ready -> {
                Attempting.Made made = attempting.attempt(
                        message, ready.endpoint(), ready.secrets(), delivery.attempt(), trigger(delivery));
                if (ready.isFailing() && made.outcome() instanceof DeliveryOutcome.Delivered) {
                    breaker.recovered(ready.endpoint().id());
                }
                yield record(delivery, message.delivery(), made);
            }
        };
    }

    /** No attempt is spent. But nobody waits for ever: who asked is told in time that this way does not work. */
    private Outcome leaveAlone(Delivery delivery, LoggedDelivery logged, Standing.LeftAlone leftAlone)
            throws InterruptedException {
        if (delivery.firstAttemptAt().plus(breakerConfig.patience()).isBefore(clock.instant())) {
            fail(logged, delivery.attempt() - 1, leftAlone.reason(), delivery);
            return new Outcome.Dead(leftAlone.reason());
        }
        aside.beforeAttempt(delivery, logged, leftAlone.reason(), leftAlone.until());
        return new Outcome.Park(leftAlone.reason());
    }

    private static Trigger trigger(Delivery delivery) {
        return delivery.attempt() == 1
                ? Aside.roundOf(delivery).map(Round::trigger).orElse(Trigger.FIRST)
                : Trigger.RETRY;
    }

    private Outcome record(Delivery record, LoggedDelivery delivery, Attempting.Made made) throws InterruptedException {
        int number = made.logged().number();
        Optional<Round> round = Aside.roundOf(record);
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
                countFailure(delivery, made.logged());
                yield goOn(record, delivery, made.logged(), failed);
            }
            case DeliveryOutcome.Gone gone -> {
                String reason = gone.reason();
                Instant now = clock.instant();
                database.together(() -> {
                    endpoints.disableWithNotice(delivery.orgId(), delivery.endpointId(), reason, now);
                    log.writeHere(
                            List.of(LogEntry.settled(
                                            delivery,
                                            made.logged(),
                                            new Settlement(false, number, Optional.of(reason), now),
                                            record.value())
                                    .in(round)),
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

    private void countFailure(LoggedDelivery delivery, LoggedAttempt attempt) {
        Instant now = clock.instant();
        breaker.failed(delivery.endpointId(), attempt.startedAt(), now)
                .ifPresent(since -> endpoints.disableWithNotice(
                        delivery.orgId(),
                        delivery.endpointId(),
                        "all attempts have failed since " + since.truncatedTo(ChronoUnit.SECONDS)
                                + ", the last because " + attempt.reason().orElse("of an error"),
                        now));
    }

    /** By the ladder; but a wait that is longer than its longest would hold a place in a window until then. */
    private Outcome goOn(Delivery record, LoggedDelivery delivery, LoggedAttempt attempt, DeliveryOutcome.Failed failed)
            throws InterruptedException {
        Optional<Duration> beyond =
                failed.atLeast().filter(wait -> wait.compareTo(config.waits().getLast()) > 0);
        if (beyond.isEmpty() || config.waitAfter(attempt.number()).isEmpty()) {
            log.write(LogEntry.retrying(delivery, followed(attempt, failed), record.value())
                    .in(Aside.roundOf(record)));
            return new Outcome.RetryLater(failed.reason(), failed.atLeast());
        }
        Instant until = clock.instant().plus(beyond.get());
        String reason = failed.reason() + " and asks to be left alone until " + until.truncatedTo(ChronoUnit.SECONDS);
        aside.afterAttempt(record, delivery, attempt, reason, until);
        return new Outcome.Park(reason);
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
                .in(Aside.roundOf(record)));
        LOG.atWarn()
                .addKeyValue("webhookId", delivery.webhookId())
                .addKeyValue("endpointId", delivery.endpointId())
                .addKeyValue("attempts", attempts)
                .addKeyValue("reason", reason)
                .log("delivery.failed");
    }

    @Override
    public boolean park(Delivery delivery, String reason) throws InterruptedException {
        try {
            LoggedDelivery logged = WebhookMessage.decode(delivery.value()).delivery();
            aside.beforeAttempt(delivery, logged, reason, clock.instant().plus(parkingConfig.busyPause()));
            return true;
        } catch (UndecodableMessageException _) {
            // It waits its turn, and deliver() puts it into quarantine.
            return false;
        }
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
