package tocsin.tracker.recording;

import java.time.Clock;
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
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.intake.WriterSchemas;

/**
 * Lets parked downloads go on as soon as their token is registered or their schema known, and those whose time is up into quarantine. A download stays in
 * {@code download.waiting} until the brokers have what became of it: a restart reads again whatever was not done, and repeats at most what came
 * after the oldest that waits.
 */
final class WaitingRelay implements BackgroundWork, ReadinessSource {

    /** Names the consumer group: a change of it reads the whole topic again. */
    static final String GROUP = "download-tracker-waiting";

    private static final Logger LOG = LoggerFactory.getLogger(WaitingRelay.class);
    private static final Duration BETWEEN_CONSUMERS = Duration.ofSeconds(1);
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(20);
    private static final Duration TO_LEAVE_THE_GROUP = Duration.ofSeconds(5);
    private static final int MAX_POLL_RECORDS = 500;
    private static final int FAILURES_UNTIL_NOT_READY = 3;

    /** What its consumers work with. {@code held}: how many downloads are in memory, for the metric. */
    record Parts(
            RecordHandler handler,
            OutcomePublisher publisher,
            TopicTable<TokenRegistration> tokens,
            WriterSchemas schemas,
            RecordingMetrics metrics,
            WaitingConfiguration configuration,
            Clock clock,
            String observedTopic,
            String waitingTopic,
            AtomicInteger held) {}

    private final KafkaClients clients;
    private final Parts parts;
    private final Thread thread;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger failures = new AtomicInteger();

    WaitingRelay(KafkaClients clients, Parts parts) {
        this.clients = clients;
        this.parts = parts;
        this.thread = Thread.ofPlatform().name(GROUP).unstarted(this::run);
        parts.metrics().showHeld(parts.held()::get);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        while (!stopping.get()) {
            try (CloseableConsumer consumer = newConsumer()) {
                new WaitingConsumer(consumer.consumer(), parts).run(stopping::get, () -> failures.set(0));
            } catch (InterruptedException | InterruptException e) {
                // Only close() interrupts this thread, after it has set stopping.
                LOG.atInfo().addKeyValue("group", GROUP).log("consumer.interrupted");
            } catch (RuntimeException e) {
                // What waits is held by the topic, not by us: the next consumer starts at the commit.
                LOG.atWarn()
                        .setCause(e)
                        .addKeyValue("group", GROUP)
                        .addKeyValue("failures", failures.incrementAndGet())
                        .log("consumer.failed");
            }
            parts.held().set(0);
            pause();
        }
    }

    private CloseableConsumer newConsumer() {
        return new CloseableConsumer(clients.consumer(
                GROUP,
                GROUP,
                Map.of(
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        Math.min(MAX_POLL_RECORDS, parts.configuration().maxRecords()))));
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

    private void pause() {
        if (stopping.get()) {
            return;
        }
        try {
            Thread.sleep(BETWEEN_CONSUMERS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopping.set(true);
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(CLOSE_GRACE)) {
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
                ? Optional.of("the thread of " + GROUP + " died")
                : Optional.empty();
    }

    @Override
    public String readinessName() {
        return GROUP;
    }

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
}
