package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tocsin.engine.Delivery;
import tocsin.engine.Outcome;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.DeliveryLog;
import tocsin.sender.deliverylog.LogEntry;
import tocsin.sender.deliverylog.LoggedAttempt;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.service.tracing.Tracing;

/** What follows from an attempt, for its endpoint and for its delivery. */
@Singleton
final class Concluding {

    private static final Logger LOG = LoggerFactory.getLogger(Concluding.class);

    private final EndpointRegistry endpoints;
    private final DeliveryLog log;
    private final Aside aside;
    private final Verdicts verdicts;
    private final DeliveryConfig config;
    private final DatabaseClient database;
    private final Clock clock;

    Concluding(
            EndpointRegistry endpoints,
            DeliveryLog log,
            Aside aside,
            Verdicts verdicts,
            DeliveryConfig config,
            DatabaseClient database,
            Clock clock) {
        this.endpoints = endpoints;
        this.log = log;
        this.aside = aside;
        this.verdicts = verdicts;
        this.config = config;
        this.database = database;
        this.clock = clock;
    }

    /** @param wasFailing whether the attempts before it had failed */
    record Attempt(LoggedDelivery delivery, Attempting.Made made, boolean wasFailing) {}

    /** Has it counted for or against its endpoint; to be called once. */
    void judge(Attempt attempt) throws InterruptedException {
        LoggedDelivery delivery = attempt.delivery();
        LoggedAttempt logged = attempt.made().logged();
        switch (attempt.made().outcome()) {
            case DeliveryOutcome.Delivered _ -> {
                if (attempt.wasFailing()) {
                    verdicts.count(new Verdicts.Recovered(delivery.endpointId()));
                }
            }
            case DeliveryOutcome.Failed failed -> {
                if (!failed.isBusy()) {
                    verdicts.count(new Verdicts.Failed(
                            delivery.orgId(),
                            delivery.endpointId(),
                            attempt.made().request().target(),
                            failed.reason(),
                            logged.startedAt(),
                            clock.instant(),
                            Tracing.current()));
                }
            }
            case DeliveryOutcome.Gone _ -> {}
        }
    }

    /** Has its end, or its wait for the next attempt, durable before it returns. */
    Outcome write(Delivery record, Attempt attempt) throws InterruptedException {
        LoggedDelivery delivery = attempt.delivery();
        Attempting.Made made = attempt.made();
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
            case DeliveryOutcome.Failed failed -> goOn(record, delivery, made.logged(), failed);
            case DeliveryOutcome.Gone gone -> {
                String reason = gone.reason();
                Instant now = clock.instant();
                database.together(() -> {
                    endpoints.disableWithNotice(
                            delivery.orgId(),
                            delivery.endpointId(),
                            made.request().target(),
                            reason,
                            now,
                            Tracing.current());
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
        // Of thousands a second nobody reads what went well; the delivery log has it.
        LOG.atLevel(next instanceof Outcome.Done ? Level.DEBUG : Level.INFO)
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

    /** By the ladder, or after the time that the receiver asks for. */
    private Outcome goOn(Delivery record, LoggedDelivery delivery, LoggedAttempt attempt, DeliveryOutcome.Failed failed)
            throws InterruptedException {
        Optional<Duration> beyond = config.beyondLadder(attempt.number(), failed.atLeast());
        if (beyond.isEmpty()) {
            log.write(LogEntry.retrying(delivery, followed(attempt), record.value())
                    .in(Aside.roundOf(record)));
            return new Outcome.RetryLater(failed.reason());
        }
        Instant until = clock.instant().plus(beyond.get());
        String reason = failed.reason() + " and asks to be left alone until " + until.truncatedTo(ChronoUnit.SECONDS);
        aside.afterAttempt(record, delivery, attempt, reason, until);
        return new Outcome.Park(reason);
    }

    /** Where the ladder goes on, with the time before which it does not. */
    private LoggedAttempt followed(LoggedAttempt attempt) {
        return config.waitAfter(attempt.number())
                .map(wait -> attempt.followedAt(clock.instant().plus(wait)))
                .orElse(attempt);
    }
}
