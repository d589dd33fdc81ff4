package tocsin.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives records to virtual threads: an attempt when the bulkhead has a place, a deferral when its key is full. */
final class Dispatch {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private interface Work {
        void run() throws InterruptedException;
    }

    private final KeyedBulkhead<Received> bulkhead;
    private final Attempts attempts;
    private final Clock clock;
    private final EngineMetrics metrics;

    Dispatch(EngineConfig config, Attempts attempts, Clock clock, EngineMetrics metrics) {
        // Whoever would wait longer in line is sooner back from the first tier.
        Duration shortestDelay = config.ladder().tiers().getFirst().delay();
        this.bulkhead = new KeyedBulkhead<>(config.limits(), shortestDelay, System::nanoTime, this::startAttempt);
        this.attempts = attempts;
        this.clock = clock;
        this.metrics = metrics;
        metrics.watch(bulkhead);
    }

    /** Never blocks. */
    void submit(Received received) {
        InboundRecord record = received.record();
        String owner = attempts.ownerOf(record);
        if (!bulkhead.admit(record.lane(), owner, record.retry(), received)) {
            startDeferral(received);
        }
    }

    /** To be called every now and then: a key may turn out slow when much is waiting for it already. */
    void deferSurplus() {
        bulkhead.takeSurplus().forEach(this::startDeferral);
    }

    /** Written to a tier by somebody else's turn; entered before the thread starts, so that a wait sees it. */
    void handOver(Received received) {
        received.enter();
        Thread.startVirtualThread(() -> leaving(received, () -> attempts.handOver(received)));
    }

    void withdraw(Predicate<Received> gone) {
        bulkhead.withdraw(gone);
    }

    private void startAttempt(Received received) {
        Thread.startVirtualThread(() -> {
            InboundRecord record = received.record();
            // Also where it breaks off.
            var failed = new AtomicBoolean(true);
            try {
                if (received.start()) {
                    leaving(received, () -> failed.set(attemptTimed(received)));
                }
            } finally {
                bulkhead.release(record.lane(), record.retry(), failed.get());
            }
        });
    }

    /**
     * Told only afterwards: a meter that throws must not cost the attempt.
     *
     * @return whether it failed
     */
    private boolean attemptTimed(Received received) throws InterruptedException {
        InboundRecord record = received.record();
        Duration late = lateness(record.due());
        boolean failed = attempts.attempt(received);
        if (record.retry()) {
            metrics.late(record.topic(), late);
        } else {
            metrics.attempted(record.topic(), lateness(record.appendedAt()));
        }
        return failed;
    }

    private void startDeferral(Received received) {
        Thread.startVirtualThread(() -> {
            if (received.start()) {
                leaving(received, () -> attempts.defer(received));
            }
        });
    }

    private void leaving(Received received, Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            received.breakOff();
            LOG.atError()
                    .addKeyValue("topic", received.record().topic())
                    .addKeyValue("partition", received.record().partition())
                    .addKeyValue("offset", received.record().offset())
                    .setCause(e)
                    .log("delivery.broken");
        } finally {
            received.leave();
        }
    }

    /** Since then; none where its clock, a broker's perhaps, is ahead of ours. */
    private Duration lateness(Instant then) {
        Duration late = Duration.between(then, clock.instant());
        return late.isNegative() ? Duration.ZERO : late;
    }
}
