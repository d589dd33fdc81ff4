package tocsin.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the handler until it answers: its exceptions are our fault, so they cost the record nothing but time. */
final class PatientHandler {

    private static final Logger LOG = LoggerFactory.getLogger(PatientHandler.class);

    sealed interface Answer<T> {
        record Given<T>(T value) implements Answer<T> {}

        /** It keeps failing for this delivery alone. */
        record Stuck<T>(String error) implements Answer<T> {}

        /** Nobody waits for the answer any more. */
        record Moot<T>() implements Answer<T> {}
    }

    private interface Call<T> {
        T make() throws Exception;
    }

    private final DeliveryHandler handler;
    private final OutageGate gate;
    private final Duration patience;
    private final StopSignal takeNoMore;
    private final EngineMetrics metrics;

    PatientHandler(
            DeliveryHandler handler, OutageGate gate, Duration patience, StopSignal takeNoMore, EngineMetrics metrics) {
        this.handler = handler;
        this.gate = gate;
        this.patience = patience;
        this.takeNoMore = takeNoMore;
        this.metrics = metrics;
    }

    /** Nobody in particular owns what the handler cannot make out: a record that nobody can read must not end the thread that reads. */
    String ownerOf(byte[] key, byte[] value) {
        try {
            return handler.ownerOf(key, value);
        } catch (RuntimeException e) {
            return "";
        }
    }

    Answer<Outcome> deliver(Delivery delivery, BooleanSupplier moot) throws InterruptedException {
        return ask(delivery, moot, () -> handler.deliver(delivery));
    }

    Answer<Boolean> exhausted(Delivery delivery, String reason, BooleanSupplier moot) throws InterruptedException {
        return ask(delivery, moot, () -> {
            handler.exhausted(delivery, reason);
            return true;
        });
    }

    Answer<Boolean> park(Delivery delivery, String reason, BooleanSupplier moot) throws InterruptedException {
        return ask(delivery, moot, () -> handler.park(delivery, reason));
    }

    private <T> Answer<T> ask(Delivery delivery, BooleanSupplier moot, Call<T> call) throws InterruptedException {
        // Of the time that this delivery has taken; an outage is no fault of its own.
        long started = System.nanoTime();
        int faults = 0;
        while (true) {
            long atGate = System.nanoTime();
            OptionalLong pass = moot.getAsBoolean() ? OptionalLong.empty() : gate.pass();
            if (pass.isEmpty()) {
                return new Answer.Moot<>();
            }
            if (moot.getAsBoolean()) {
                // It became so at the gate; who has not called cannot tell whether the service is up.
                gate.returned(pass.getAsLong());
                return new Answer.Moot<>();
            }
            long called = System.nanoTime();
            started += called - atGate;
            boolean serviceUp = true;
            try {
                return new Answer.Given<>(Objects.requireNonNull(call.make(), "the handler gave no answer"));
            } catch (Throwable e) {
                serviceUp = scopeOf(e) == FaultScope.DELIVERY;
                faulted(delivery, e, serviceUp);
                started += serviceUp ? 0 : System.nanoTime() - called;
                if (serviceUp && System.nanoTime() - started > patience.toNanos()) {
                    return new Answer.Stuck<>(e.getClass().getSimpleName());
                }
            } finally {
                // The thread is ours: a flag that the handler left behind is no order to stop.
                Thread.interrupted();
                if (serviceUp) {
                    gate.succeeded(pass.getAsLong());
                } else {
                    gate.failed(pass.getAsLong());
                }
            }
            if (serviceUp && !takeNoMore.pause(Backoff.DEFAULT.after(++faults))) {
                return new Answer.Moot<>();
            }
        }
    }

    private FaultScope scopeOf(Throwable fault) {
        try {
            return fault instanceof Exception e ? handler.scopeOf(e) : FaultScope.DELIVERY;
        } catch (RuntimeException e) {
            fault.addSuppressed(e);
            return FaultScope.DELIVERY;
        }
    }

    private void faulted(Delivery delivery, Throwable e, boolean serviceUp) {
        metrics.faulted();
        LOG.atWarn()
                .addKeyValue("topic", delivery.topic())
                .addKeyValue("partition", delivery.partition())
                .addKeyValue("offset", delivery.offset())
                .addKeyValue("attempt", delivery.attempt())
                .addKeyValue("scope", serviceUp ? "delivery" : "service")
                .setCause(e)
                .log("delivery.faulted");
    }
}
