package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.FaultScope;
import tocsin.engine.Outcome;
import tocsin.engine.Unwritten;
import tocsin.schemas.UndecodableMessageException;
import tocsin.sender.breaker.BreakerConfig;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.deliverylog.DeliveryLog;
import tocsin.sender.deliverylog.LogEntry;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.egress.ProxyUnavailableException;
import tocsin.sender.parking.ParkingConfig;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.Quarantine;

/** Gives each request of the engine its next attempt, or its end, and has that durable before it returns. */
@Singleton
final class WebhookDeliveryHandler implements DeliveryHandler {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliveryHandler.class);

    private static final String DELETED = "endpoint deleted";

    private static final String NO_PLACE = "no thread or connection of ours was free";

    private static final String NO_PROXY = "our forward proxy takes nothing at present";

    private final Standings standings;
    private final Attempting attempting;
    private final Concluding concluding;
    private final DeliveryLog log;
    private final Aside aside;
    private final ParkingConfig parkingConfig;
    private final BreakerConfig breakerConfig;
    private final Quarantine quarantine;
    private final Clock clock;
    private final Unwritten<Made> unwritten = new Unwritten<>();
    private final EndpointOwners owners = new EndpointOwners();

    /** @param isJudged whether it has been counted for or against its endpoint */
    private record Made(Concluding.Attempt attempt, boolean isJudged) {}

    WebhookDeliveryHandler(
            Standings standings,
            Attempting attempting,
            Concluding concluding,
            DeliveryLog log,
            Aside aside,
            ParkingConfig parkingConfig,
            BreakerConfig breakerConfig,
            Quarantine quarantine,
            Clock clock) {
        this.standings = standings;
        this.attempting = attempting;
        this.concluding = concluding;
        this.log = log;
        this.aside = aside;
        this.parkingConfig = parkingConfig;
        this.breakerConfig = breakerConfig;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    @Override
    public Outcome deliver(Delivery delivery) throws InterruptedException {
        Optional<Made> made = unwritten.take(delivery);
        if (made.isPresent()) {
            return conclude(delivery, made.get());
        }
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
                // The record of before may have died before it came to the dead topic; there a second one does no harm.
                yield settlement.delivered()
                        ? new Outcome.Done()
                        : new Outcome.Dead(settlement.reason().orElse("failed"));
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
            case Standing.OverPace(String reason, Instant until) -> {
                aside.beforeAttempt(delivery, message.delivery(), reason, until);
                yield new Outcome.Park(reason);
            }
            case Standing.Ready ready -> attempt(delivery, message, ready);
        };
    }

    private Outcome attempt(Delivery delivery, WebhookMessage message, Standing.Ready ready)
            throws InterruptedException {
        Attempting.Made made;
        try {
            made = attempting.attempt(
                    message, ready.endpoint(), ready.secrets(), delivery.attempt(), trigger(delivery));
        } catch (RejectedExecutionException e) {
            String reason = e instanceof ProxyUnavailableException ? NO_PROXY : NO_PLACE;
            // To wait here would hold a place that its endpoint's other deliveries could use.
            aside.beforeAttempt(
                    delivery, message.delivery(), reason, clock.instant().plus(parkingConfig.busyPause()));
            return new Outcome.Park(reason);
        }
        return conclude(delivery, new Made(new Concluding.Attempt(message.delivery(), made, ready.isFailing()), false));
    }

    /** What was posted is not posted again because it could not be written down: only the writing is done again. */
    private Outcome conclude(Delivery delivery, Made made) throws InterruptedException {
        boolean isJudged = made.isJudged();
        try {
            if (!isJudged) {
                concluding.judge(made.attempt());
                isJudged = true;
            }
            return concluding.write(delivery, made.attempt());
        } catch (RuntimeException | InterruptedException e) {
            unwritten.put(delivery, new Made(made.attempt(), isJudged));
            throw e;
        }
    }

    /**
     * No attempt is spent. But nobody waits for ever: who asked is told in time that this way does not work. Other waits do not count, nor does
     * one for the same endpoint before it was well again; and nothing ends without the end of an attempt that may show that it is.
     */
    private Outcome leaveAlone(Delivery delivery, LoggedDelivery logged, Standing.LeftAlone leftAlone)
            throws InterruptedException {
        Instant now = clock.instant();
        Patience patience = Patience.of(delivery, leftAlone.failingSince(), now);
        boolean isSpent = patience.isSpent(breakerConfig.patience(), now);
        if (isSpent && (patience.isExtended() || !leftAlone.isProbing())) {
            fail(logged, delivery.attempt() - 1, leftAlone.reason(), delivery);
            return new Outcome.Dead(leftAlone.reason());
        }
        aside.leftAlone(delivery, logged, leftAlone, isSpent ? patience.extended() : patience);
        return new Outcome.Park(leftAlone.reason());
    }

    private static Trigger trigger(Delivery delivery) {
        return delivery.attempt() == 1
                ? Aside.roundOf(delivery).map(Round::trigger).orElse(Trigger.FIRST)
                : Trigger.RETRY;
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

    /** An organisation shares its places among its endpoints. */
    @Override
    public String ownerOf(byte[] key, byte[] value) {
        return owners.of(key, value);
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
