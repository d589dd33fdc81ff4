package tocsin.matcher.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;
import tocsin.service.kafka.KafkaClients;

/**
 * Runs the topology from start to stop. Waits for brokers and topics that are not there yet; ends the process where waiting does not
 * help: topics of unequal partitions, or threads that keep dying.
 */
public final class MatcherStreamsRelay implements BackgroundWork, ReadinessSource {

    private static final Logger LOG = LoggerFactory.getLogger(MatcherStreamsRelay.class);

    private static final Duration RESTART_WINDOW = Duration.ofHours(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final List<Topic> EQUALLY_PARTITIONED = List.of(
            Topics.DOWNLOAD_RECORDED, Topics.ADVISORY_FANOUT, Topics.ADVISORY_SCAN, Topics.PRIVACY_ERASURE_SWEEP);

    /** What must be there before anything starts. */
    public static final List<Topic> USED = List.of(
            Topics.ADVISORY_PUBLISHED,
            Topics.ADVISORY_ACCEPTED,
            Topics.DOWNLOAD_RECORDED,
            Topics.ADVISORY_FANOUT,
            Topics.ADVISORY_SCAN,
            Topics.PACKAGE_POPULARITY,
            Topics.ADVISORY_HELD,
            Topics.ADVISORY_DECISION,
            Topics.ADVISORY_STATUS,
            Topics.ADVISORY_MATCHED,
            Topics.PRIVACY_ERASURE,
            Topics.PRIVACY_ERASURE_SWEEP,
            Topics.quarantineOf(MatchTopology.SERVICE));

    private final KafkaClients clients;
    private final MatcherConfiguration configuration;
    private final MatchSettings settings;
    private final Runnable exit;
    private final RestartBudget restarts;
    private final Thread starter;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile int downloadPartitions;
    private @Nullable KafkaStreams streams;
    private @Nullable String gaveUp;
    private boolean closed;

    /** @param exit ends the process with an error, without waiting for it to end */
    public MatcherStreamsRelay(
            KafkaClients clients, MatcherConfiguration configuration, MatchSettings settings, Runnable exit) {
        this.clients = clients;
        this.configuration = configuration;
        this.settings = settings;
        this.exit = exit;
        this.restarts = new RestartBudget(configuration.threadRestarts(), RESTART_WINDOW, settings.clock());
        this.starter = Thread.ofPlatform().name("matcher-start").unstarted(this::awaitTopicsAndRun);
    }

    @Override
    public void start() {
        starter.start();
    }

    private void awaitTopicsAndRun() {
        try {
            Map<String, Integer> partitions = partitions();
            while (partitions.size() < USED.size()) {
                Thread.sleep(BETWEEN_LOOKS);
                partitions = partitions();
            }
            downloadPartitions = partitions.getOrDefault(settings.name(Topics.DOWNLOAD_RECORDED), 0);
            partitions
                    .keySet()
                    .retainAll(EQUALLY_PARTITIONED.stream().map(settings::name).toList());
            Optional<String> difference = new PartitionCounts(partitions).difference();
            if (difference.isPresent()) {
                LOG.atError().addKeyValue("reason", difference.get()).log("matcher.refuses-to-run");
                giveUp(difference.get());
                return;
            }
            run();
        } catch (InterruptedException _) {
            // close() came before there was anything to close.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("matcher.not-started");
            giveUp("not started");
        }
    }

    private void giveUp(String reason) {
        lock.lock();
        try {
            gaveUp = reason;
        } finally {
            lock.unlock();
        }
        exit.run();
    }

    private void run() {
        StreamsConfig config = StreamsConfigFactory.of(clients, configuration);
        MatchSettings sized = settings.withPartitions(downloadPartitions);
        LOG.atInfo()
                .addKeyValue("partitions", downloadPartitions)
                .addKeyValue("packagesPerTask", sized.packagesPerTask())
                .log("matcher.sized");
        KafkaStreams made;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            made = new KafkaStreams(new MatchTopology(sized).build(config), config);
            made.setUncaughtExceptionHandler(this::onDeadThread);
            made.setStateListener((now, before) -> LOG.atInfo()
                    .addKeyValue("state", now)
                    .addKeyValue("before", before)
                    .log("matcher.state"));
            streams = made;
        } finally {
            lock.unlock();
        }
        // Takes as long as it takes to read the global stores; whoever asks how we are does not wait for that.
        try {
            made.start();
        } catch (IllegalStateException e) {
            if (!isClosed()) {
                throw e;
            }
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private StreamThreadExceptionResponse onDeadThread(Throwable cause) {
        boolean again = restarts.grant();
        LOG.atError().setCause(cause).addKeyValue("again", again).log("matcher.thread-died");
        if (again) {
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        exit.run();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** @return those of the used topics that are there; none while no broker answers. */
    private Map<String, Integer> partitions() throws InterruptedException {
        Admin admin = clients.admin();
        Map<String, Integer> partitions = new HashMap<>();
        for (Topic topic : USED) {
            String name = settings.name(topic);
            try {
                for (TopicDescription description : admin.describeTopics(List.of(name))
                        .allTopicNames()
                        .get()
                        .values()) {
                    partitions.put(description.name(), description.partitions().size());
                }
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RetriableException)) {
                    throw new KafkaException("cannot look at topic " + name, e.getCause());
                }
                LOG.atWarn()
                        .addKeyValue("topic", name)
                        .addKeyValue("reason", e.getCause().getClass().getSimpleName())
                        .log("matcher.waits-for-topic");
                return partitions;
            }
        }
        return partitions;
    }

    /** Commits and closes the stores, so that the next start need not rebuild them. */
    @Override
    public void close() {
        starter.interrupt();
        KafkaStreams running;
        lock.lock();
        try {
            closed = true;
            running = streams;
        } finally {
            lock.unlock();
        }
        if (running != null
                && !running.close(CloseOptions.timeout(configuration.closeTimeout())
                        .withGroupMembershipOperation(membership()))) {
            LOG.atWarn().log("matcher.closed-unclean");
        }
    }

    /**
     * One that has a name of its own comes back to its partitions. Another one leaves: else its partitions would wait for the end of its
     * session.
     */
    private GroupMembershipOperation membership() {
        return clients.baseProperties().containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)
                ? GroupMembershipOperation.REMAIN_IN_GROUP
                : GroupMembershipOperation.LEAVE_GROUP;
    }

    /**
     * What all instances tell of advisories.
     *
     * @return empty while the topology does not run
     * @throws InvalidStateStoreException if it runs no more
     */
    Optional<ReadOnlyKeyValueStore<Bytes, byte[]>> status() {
        lock.lock();
        try {
            return Optional.ofNullable(streams)
                    .filter(running -> running.state().isRunningOrRebalancing())
                    .map(running -> running.store(StoreQueryParameters.fromNameAndType(
                            MatchTopology.STATUS, QueryableStoreTypes.keyValueStore())));
        } finally {
            lock.unlock();
        }
    }

    /** That downloads and advisories meet in; 0 until it is known. */
    int downloadPartitions() {
        return downloadPartitions;
    }

    @Override
    public String readinessName() {
        return "matcher";
    }

    /** The exit that follows may hang in somebody else's closing; whoever watches the process must know all the same. */
    @Override
    public Optional<String> whyDead() {
        lock.lock();
        try {
            if (closed || streams == null) {
                return closed ? Optional.empty() : Optional.ofNullable(gaveUp);
            }
            KafkaStreams.State state = streams.state();
            return switch (state) {
                case CREATED, REBALANCING, RUNNING -> Optional.empty();
                case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> Optional.of("is " + state);
            };
        } finally {
            lock.unlock();
        }
    }

    /** Restoring counts as working: what comes meanwhile waits in Kafka. */
    @Override
    public Optional<String> whyNotReady() {
        lock.lock();
        try {
            if (streams == null) {
                return Optional.of("waits for the topics");
            }
            KafkaStreams.State state = streams.state();
            return state.isRunningOrRebalancing() ? Optional.empty() : Optional.of("is " + state);
        } finally {
            lock.unlock();
        }
    }
}
