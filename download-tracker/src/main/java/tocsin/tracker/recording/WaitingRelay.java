package tocsin.tracker.recording;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.health.ReadinessSource;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.LeavingConsumer;
import tocsin.service.kafka.TableFreshness;
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
    private static final int MAX_POLL_RECORDS = 500;
    private static final int FAILURES_UNTIL_NOT_READY = 3;

    /** What its consumers work with. {@code held}: how many downloads are in memory, for the metric. */
    record Parts(
            RecordHandler handler,
            OutcomePublisher publisher,
            TopicTable<TokenRegistration> tokens,
            TableFreshness freshness,
            WriterSchemas schemas,
            RecordingMetrics metrics,
            WaitingConfiguration configuration,
            Clock clock,
            String observedTopic,
            String waitingTopic,
            AtomicInteger held) {}

    private final KafkaClients clients;
    private final Parts parts;
    private final WorkerThread worker = new WorkerThread(GROUP, this::run);
    private final AtomicInteger failures = new AtomicInteger();

    WaitingRelay(KafkaClients clients, Parts parts) {
        this.clients = clients;
        this.parts = parts;
        parts.metrics().showHeld(parts.held()::get);
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        do {
            try (LeavingConsumer consumer = newConsumer()) {
                new WaitingConsumer(consumer.consumer(), parts).run(worker::isStopping, () -> failures.set(0));
            } catch (InterruptException e) {
                // Only close() interrupts this thread.
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
        } while (!worker.pause(BETWEEN_CONSUMERS));
    }

    private LeavingConsumer newConsumer() {
        return new LeavingConsumer(clients.consumer(
                GROUP,
                GROUP,
                Map.of(
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        Math.min(MAX_POLL_RECORDS, parts.configuration().maxRecords()))));
    }

    @Override
    public void close() {
        worker.close();
    }

    @Override
    public Optional<String> whyDead() {
        return worker.whyDead();
    }

    @Override
    public String readinessName() {
        return GROUP;
    }

    @Override
    public Optional<String> whyNotReady() {
        if (!worker.isRunning()) {
            return Optional.of("not running");
        }
        int inARow = failures.get();
        return inARow < FAILURES_UNTIL_NOT_READY
                ? Optional.empty()
                : Optional.of("failed " + inARow + " times in a row");
    }
}
