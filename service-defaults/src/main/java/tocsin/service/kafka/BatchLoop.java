package tocsin.service.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;

/**
 * Consumes topics as a member of a group, batch by batch in one thread, and commits a batch's offsets after its {@link BatchHandler} returned.
 * Brokers may be away for any time, also at the start. A bean of this type is started and closed with the service and counts for its readiness.
 */
public final class BatchLoop implements BackgroundWork, ReadinessSource {

    private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);
    private static final Duration TO_LEAVE_THE_GROUP = Duration.ofSeconds(5);
    private static final int FAILURES_UNTIL_NOT_READY = 3;

    private final KafkaClients clients;
    private final BatchLoopSettings settings;
    private final BatchHandler handler;
    private final Thread thread;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger failures = new AtomicInteger();

    public BatchLoop(KafkaClients clients, BatchLoopSettings settings, BatchHandler handler) {
        this.clients = clients;
        this.settings = settings;
        this.handler = handler;
        this.thread = Thread.ofPlatform().name(settings.groupId()).unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        while (!stopping.get()) {
            try (CloseableConsumer consumer = new CloseableConsumer(newConsumer())) {
                new BatchRun(consumer.consumer(), clients, settings, handler, stopping::get, failures).run();
            } catch (InterruptException e) {
                // close() has waited long enough for the batch; whoever gets the partitions next sees it again.
                LOG.atInfo().addKeyValue("group", settings.groupId()).log("consumer.interrupted");
            } catch (RuntimeException e) {
                // What the consumer could not cope with itself: refused credentials, a fatal protocol error. A new one
                // starts at the commit.
                int failure = failures.incrementAndGet();
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("group", settings.groupId())
                        .addKeyValue("failures", failure)
                        .log("consumer.failed");
                pause(settings.backoff(failure));
            }
        }
    }

    private Consumer<byte[], byte[]> newConsumer() {
        return clients.consumer(
                settings.groupId(),
                settings.groupId(),
                Map.of(
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        settings.maxRecords(),
                        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                        Math.toIntExact(settings.longestBatch().toMillis())));
    }

    private void pause(Duration wait) {
        long until = System.nanoTime() + wait.toNanos();
        while (!stopping.get() && System.nanoTime() - until < 0) {
            try {
                Thread.sleep(Duration.ofMillis(50));
            } catch (InterruptedException e) {
                // Only close() interrupts this thread, after it has set stopping.
                return;
            }
        }
    }

    /** Takes no new batch; the running one may end within {@link BatchLoopSettings#closeGrace()} and is committed, else it comes again elsewhere. */
    @Override
    public void close() {
        stopping.set(true);
        if (thread.getState() == Thread.State.NEW || Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            if (!thread.join(settings.closeGrace())) {
                LOG.atWarn().addKeyValue("group", settings.groupId()).log("batch.abandoned");
                thread.interrupt();
                thread.join(TO_LEAVE_THE_GROUP.plusSeconds(5));
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<String> whyDead() {
        return thread.getState() == Thread.State.TERMINATED && !stopping.get()
                ? Optional.of("the thread of " + settings.groupId() + " died")
                : Optional.empty();
    }

    @Override
    public String readinessName() {
        return settings.groupId();
    }

    /** The loop runs and its last batches did not fail in a row. */
    @Override
    public Optional<String> whyNotReady() {
        if (!thread.isAlive()) {
            return Optional.of("not running");
        }
        int inARow = failures.get();
        return inARow < FAILURES_UNTIL_NOT_READY
                ? Optional.empty()
                : Optional.of("failed " + inARow + " times in a row");
    }

    /** Leaves the group in a bounded time, also when interrupted. */
    private record CloseableConsumer(Consumer<byte[], byte[]> consumer) implements AutoCloseable {
        @Override
        public void close() {
            boolean interrupted = Thread.interrupted();
            try {
                consumer.close(CloseOptions.timeout(TO_LEAVE_THE_GROUP));
            } catch (KafkaException e) {
                LOG.atWarn().setCause(e).log("consumer.close-failed");
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
