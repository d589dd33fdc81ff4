package tocsin.engine;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes a record to its next topic and comes back only when the broker has acknowledged it. */
final class RetryProducer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RetryProducer.class);
    /** A client that has just lost its broker has waited long enough by itself. */
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final StopSignal giveUp;
    private final AtomicInteger failing = new AtomicInteger();
    private volatile Producer<byte[], byte[]> current;
    private boolean closed;

    /** @param producers asked for the first at once, and for another after an error that a producer does not survive */
    RetryProducer(Supplier<Producer<byte[], byte[]>> producers, StopSignal giveUp) {
        this.producers = producers;
        this.giveUp = giveUp;
        this.current = producers.get();
    }

    /**
     * Tries for as long as it takes.
     *
     * @return false if it became moot before it was acknowledged
     */
    boolean send(String topic, InboundRecord record, Progress progress, BooleanSupplier moot)
            throws InterruptedException {
        boolean away = false;
        try {
            for (int failures = 1; !moot.getAsBoolean(); failures++) {
                Producer<byte[], byte[]> producer = current;
                try {
                    producer.send(outbound(topic, record, progress)).get();
                    return true;
                } catch (ExecutionException | RuntimeException e) {
                    Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
                    // A record that is too large is a matter of that record, and of a person who raises the limit.
                    if (!away && !(cause instanceof RecordTooLargeException)) {
                        away = true;
                        failing.incrementAndGet();
                    }
                    failed(topic, record, failures, cause);
                    if (isFatal(cause)) {
                        replace(producer);
                    }
                }
                if (!giveUp.pause(BACKOFF.after(failures))) {
                    return false;
                }
            }
            return false;
        } finally {
            if (away) {
                failing.decrementAndGet();
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> outbound(String topic, InboundRecord record, Progress progress) {
        var headers = new RecordHeaders();
        RetryHeaders.write(record.headers(), progress).forEach(it -> headers.add(it.name(), it.value()));
        return new ProducerRecord<>(topic, null, record.key(), record.value(), headers);
    }

    private static void failed(String topic, InboundRecord record, int failures, Throwable e) {
        LOG.atLevel(e instanceof RecordTooLargeException ? Level.ERROR : Level.WARN)
                .addKeyValue("to", topic)
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("failures", failures)
                .setCause(e)
                .log("delivery.forward.failed");
    }

    /** After these a producer refuses everything, or, closed by another's replacement, can do nothing more. */
    private static boolean isFatal(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClusterAuthorizationException
                    || cause instanceof InvalidProducerEpochException
                    || cause instanceof OutOfOrderSequenceException
                    || cause instanceof ProducerFencedException
                    || cause instanceof UnsupportedVersionException
                    || cause instanceof IllegalStateException) {
                return true;
            }
        }
        return false;
    }

    private synchronized void replace(Producer<byte[], byte[]> broken) {
        if (closed || !broken.equals(current)) {
            return;
        }
        LOG.atWarn().log("engine.producer.replaced");
        try {
            broken.close(Duration.ZERO);
            current = producers.get();
        } catch (RuntimeException e) {
            // The broken one remains, so the next failure comes here again.
            LOG.atWarn().setCause(e).log("engine.producer.failed");
        }
    }

    boolean isFailing() {
        return failing.get() > 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        current.close(CLOSE);
    }
}
