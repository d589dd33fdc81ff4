package tocsin.engine;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic and the topics of its retry ladder, and has the handler deliver every record at least once, many at the
 * same time and in no order. Several engines with the same group share the partitions.
 *
 * <p>Starts once and closes once; a closed engine cannot be started again.
 */
public final class DeliveryEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);

    /** Beyond the waits that the configuration allows: for the client's own farewell. */
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final EngineConfig config;
    private final StopSignal takeNoMore = new StopSignal();
    private final StopSignal giveUp = new StopSignal();
    private final OutageGate gate = new OutageGate(Backoff.DEFAULT, System::nanoTime);
    private final RetryProducer producer;
    private final List<TierConsumer> consumers;
    private volatile List<Thread> threads = List.of();
    private volatile boolean closed;

    /**
     * Makes the producer; consumers are made by {@link #start()}.
     *
     * @param clock compared with the broker's append times, so keep both in step: an attempt is never early by this one
     */
    public DeliveryEngine(
            EngineConfig config,
            DeliveryHandler handler,
            KafkaClientFactory clients,
            Clock clock,
            MeterRegistry registry) {
        this.config = config;
        var metrics = new EngineMetrics(registry, config.groupId(), gate::isClosed);
        this.producer = new RetryProducer(() -> clients.producer(config.groupId()), giveUp);
        var patient = new PatientHandler(handler, gate, config.timing().faultPatience(), takeNoMore, metrics);
        var onward = new Onward(new RetrySchedule(config.ladder()), config.deadTopic(), producer, clock);
        var attempts = new Attempts(config.ladder(), patient, onward, clock, metrics);
        var dispatch = new Dispatch(config, attempts, clock, metrics);
        var budget = new WindowBudget(
                config.limits().windowRecords(), config.limits().windowBytes());
        var tiers = config.ladder().tiers().stream().map(tier -> ReadTopic.tier(config, tier));
        this.consumers = Stream.concat(Stream.of(ReadTopic.source(config)), tiers)
                .map(reading -> new TierConsumer(
                        reading,
                        new PartitionWindows(budget, dispatch, clock),
                        clients,
                        config.timing(),
                        takeNoMore,
                        metrics))
                .toList();
    }

    /** Returns at once; reading begins as soon as the broker assigns partitions. */
    public synchronized void start() {
        if (closed || !threads.isEmpty()) {
            throw new IllegalStateException("an engine starts once");
        }
        threads = consumers.stream()
                .map(consumer -> Thread.ofPlatform()
                        .name("engine-" + consumer.topic())
                        .uncaughtExceptionHandler(DeliveryEngine::died)
                        .start(consumer))
                .toList();
        LOG.atInfo().addKeyValue("group", config.groupId()).log("engine.started");
    }

    public EngineState state() {
        if (closed) {
            return EngineState.CLOSED;
        }
        if (threads.isEmpty()) {
            return EngineState.NEW;
        }
        if (!threads.stream().allMatch(Thread::isAlive)) {
            return EngineState.FAILED;
        }
        boolean waiting =
                gate.isClosed() || producer.isFailing() || consumers.stream().anyMatch(TierConsumer::isFailing);
        return waiting ? EngineState.WAITING : EngineState.RUNNING;
    }

    /** For readiness; not for liveness: an engine that waits must not be killed for it. */
    public boolean isHealthy() {
        return state() == EngineState.RUNNING;
    }

    /**
     * Takes nothing more, waits for running attempts as long as {@link EngineConfig.Timing#close} says, and commits
     * what is done. Without a crash, and if the attempts end in time, nothing that was done comes again. An attempt that
     * takes longer is made again by whoever gets the partition.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        takeNoMore.give();
        gate.end();
        try {
            awaitThreads();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        giveUp.give();
        producer.close();
        LOG.atInfo().addKeyValue("group", config.groupId()).log("engine.closed");
    }

    private static void died(Thread thread, Throwable why) {
        LOG.atError().addKeyValue("thread", thread.getName()).setCause(why).log("engine.thread.died");
    }

    private void awaitThreads() throws InterruptedException {
        EngineConfig.Timing timing = config.timing();
        Duration longest = timing.close().plus(timing.revoke().multipliedBy(2)).plus(FAREWELL);
        long until = System.nanoTime() + longest.toNanos();
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())))) {
                LOG.atWarn().addKeyValue("thread", thread.getName()).log("engine.close.overdue");
            }
        }
    }
}
