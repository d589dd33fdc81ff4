package tocsin.engine;

import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.engine.Outcome.Dead;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.Park;
import tocsin.engine.Outcome.RetryLater;
import tocsin.engine.PatientHandler.Answer;
import tocsin.engine.PatientHandler.Answer.Given;
import tocsin.engine.PatientHandler.Answer.Moot;
import tocsin.engine.PatientHandler.Answer.Stuck;

/**
 * Takes one record from its attempt to the durable step that ends its stay here. Each method blocks, and settles the
 * record only when that step has been acknowledged.
 */
final class Attempts {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private final RetryLadder ladder;
    private final PatientHandler handler;
    private final Onward onward;
    private final Clock clock;
    private final EngineMetrics metrics;

    Attempts(RetryLadder ladder, PatientHandler handler, Onward onward, Clock clock, EngineMetrics metrics) {
        this.ladder = ladder;
        this.handler = handler;
        this.onward = onward;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Empty: nobody in particular. */
    String ownerOf(InboundRecord record) {
        return handler.ownerOf(record.keyOrNothing(), record.valueOrNothing());
    }

    /** @return whether it failed: wants another, even where there is none left, or did not come to its end here */
    boolean attempt(Received received) throws InterruptedException {
        InboundRecord record = received.record();
        int attempt = record.progress().attempt();
        if (attempt > ladder.attempts()) {
            String reason = record.progress().lastError().orElse("");
            exhaust(received, record.delivery(ladder.attempts(), clock.instant()), reason);
            return false;
        }
        Delivery delivery = record.delivery(attempt, clock.instant());
        return switch (handler.deliver(delivery, received::isAbandoned)) {
            case Given<Outcome>(Outcome outcome) -> {
                follow(received, delivery, outcome);
                yield outcome instanceof RetryLater;
            }
            case Stuck<Outcome> _ -> {
                putAside(received, onward.putAside(received));
                yield true;
            }
            case Moot<Outcome> _ -> true;
        };
    }

    /** Its key has too much waiting. From the second time on, the owner may have it. */
    void defer(Received received) throws InterruptedException {
        Progress progress = received.record().progress();
        boolean again = progress.deferred().filter(Deferral.BUSY::equals).isPresent();
        if (!again) {
            settle(received, onward.defer(received), "deferred");
            return;
        }
        Delivery delivery = received.record().delivery(progress.attempt(), clock.instant());
        switch (handler.park(delivery, "key busy", received::isAbandoned)) {
            case Given<Boolean>(Boolean parked) when parked -> settle(received, true, "park");
            case Given<Boolean> _, Stuck<Boolean> _ -> settle(received, onward.defer(received), "deferred");
            case Moot<Boolean> _ -> {}
        }
    }

    void handOver(Received received) throws InterruptedException {
        settle(received, onward.handOver(received), "handover");
    }

    private void follow(Received received, Delivery delivery, Outcome outcome) throws InterruptedException {
        switch (outcome) {
            case Done() -> settle(received, true, "done");
            case Park _ -> settle(received, true, "park");
            case Dead(String reason) -> settle(received, onward.bury(received, delivery, reason), "dead");
            case RetryLater later -> {
                var written = onward.retry(received, delivery, later);
                if (written.isPresent()) {
                    settle(received, written.get(), "retry");
                } else {
                    exhaust(received, delivery, later.reason());
                }
            }
        }
    }

    private void exhaust(Received received, Delivery last, String reason) throws InterruptedException {
        Answer<Boolean> answer = handler.exhausted(last, reason, received::isAbandoned);
        switch (answer) {
            case Given<Boolean> _ -> settle(received, onward.bury(received, last, reason), "exhausted");
            case Stuck<Boolean> _ -> putAside(received, onward.putAsideSpent(received, last, reason));
            case Moot<Boolean> _ -> {}
        }
    }

    private void putAside(Received received, boolean written) {
        LOG.atError()
                .addKeyValue("topic", received.record().topic())
                .addKeyValue("partition", received.record().partition())
                .addKeyValue("offset", received.record().offset())
                .log("delivery.put_aside");
        settle(received, written, "aside");
    }

    private void settle(Received received, boolean durable, String outcome) {
        if (durable) {
            // First: a meter that throws must not leave a delivered record open.
            received.settle();
            metrics.outcome(outcome);
        }
    }
}
