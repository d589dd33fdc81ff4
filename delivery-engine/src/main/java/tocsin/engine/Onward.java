package tocsin.engine;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import tocsin.engine.Outcome.RetryLater;
import tocsin.engine.RetrySchedule.Next;

/** Where a record goes from here. True means that the broker has it, false that nobody waits for it any more. */
final class Onward {

    private final RetrySchedule schedule;
    private final String deadTopic;
    private final RetryProducer producer;
    private final Clock clock;

    Onward(RetrySchedule schedule, String deadTopic, RetryProducer producer, Clock clock) {
        this.schedule = schedule;
        this.deadTopic = deadTopic;
        this.producer = producer;
        this.clock = clock;
    }

    /** @return empty once the ladder is spent; then nothing has been written */
    Optional<Boolean> retry(Received received, Delivery failed, RetryLater later) throws InterruptedException {
        Optional<Next> next = schedule.after(failed.attempt(), clock.instant(), later.atLeast());
        if (next.isEmpty()) {
            return Optional.empty();
        }
        Progress progress = received.record()
                .progress()
                .afterAttempt(
                        failed.firstAttemptAt(), later.reason(), next.get().notBefore());
        return Optional.of(send(next.get().tier().topic(), received, progress));
    }

    boolean bury(Received received, Delivery last, String reason) throws InterruptedException {
        Progress progress = received.record().progress().ended(last.attempt(), last.firstAttemptAt(), reason);
        return send(deadTopic, received, progress);
    }

    /** Its key is busy: the same attempt, a little later; each time a little more. */
    boolean defer(Received received) throws InterruptedException {
        InboundRecord record = received.record();
        boolean again =
                record.progress().deferred().filter(Deferral.BUSY::equals).isPresent();
        Next next = again ? schedule.beyond(record.topic(), clock.instant()) : schedule.shortly(clock.instant());
        return moved(received, record.progress(), Deferral.BUSY, next);
    }

    /** The handler cannot make this attempt: the same attempt, much later, so that nothing waits behind it. */
    boolean putAside(Received received) throws InterruptedException {
        return moved(received, received.record().progress(), Deferral.FAULT, schedule.muchLater(clock.instant()));
    }

    /** As {@link #putAside}, but all attempts have been made and only the end state is missing. */
    boolean putAsideSpent(Received received, Delivery last, String reason) throws InterruptedException {
        Next next = schedule.muchLater(clock.instant());
        Progress spent = received.record().progress().afterAttempt(last.firstAttemptAt(), reason, next.notBefore());
        return moved(received, spent, Deferral.FAULT, next);
    }

    /** The partition leaves: the same attempt, at the same time. */
    boolean handOver(Received received) throws InterruptedException {
        Instant due = received.record().due();
        return moved(
                received, received.record().progress(), Deferral.HANDOVER, schedule.notBefore(due, clock.instant()));
    }

    private boolean moved(Received received, Progress progress, Deferral why, Next next) throws InterruptedException {
        return send(next.tier().topic(), received, progress.deferred(why, next.notBefore()));
    }

    private boolean send(String topic, Received received, Progress progress) throws InterruptedException {
        return producer.send(topic, received.record(), progress, received::isAbandoned);
    }
}
