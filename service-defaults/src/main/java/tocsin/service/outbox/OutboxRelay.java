package tocsin.service.outbox;

import io.micronaut.context.annotation.Requires;
import io.micronaut.jdbc.DataSourceResolver;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/**
 * Carries the outbox to the broker: one instance of a service at a time, in the order of ids, deleting what is acknowledged. A crash between the
 * acknowledgement and the commit sends again. After a failure everything from the first record that was not acknowledged on is sent again, so
 * per key the last word is the last written.
 *
 * <p>One thing is not excluded: the lock is the database's, the sending is not. An instance that loses its connection to the database while it
 * waits for acknowledgements no longer keeps others out, and what it sent may still arrive, for as long as its producer tries (6 s) and as the
 * process or the network held it up. In that time another instance may have sent a newer record of the same key, which the older then follows.
 */
@Singleton
@Requires(property = "tocsin.outbox.enabled", value = "true")
final class OutboxRelay implements BackgroundWork, ReadinessSource {

    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final int AT_ONCE = 500;
    /** Of their values, which are all in memory meanwhile: once there are as many, no further record goes with them. */
    private static final long ENOUGH_BYTES = 8L * 1024 * 1024;

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration BETWEEN_MEASURES = Duration.ofSeconds(5);
    /** After which all is looked through, whoever may have put something there by hand. */
    private static final Duration LONGEST_WITH_A_FLOOR = Duration.ofMinutes(1);

    private static final int FAILURES_UNTIL_NOT_READY = 3;

    private final DataSource dataSource;
    private final KafkaClients clients;
    private final OutboxSignal signal;
    private final OutboxBacklog backlog;
    private final OutboxRepository repository = new OutboxRepository();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger failures = new AtomicInteger();
    private final Thread thread;
    /** The relay's thread only. */
    private @Nullable Producer<byte[], byte[]> producer;

    private long measureAt = System.nanoTime();
    private final OutboxFloor floor = new OutboxFloor();
    private long floorUntil = System.nanoTime();

    OutboxRelay(
            DataSource dataSource,
            DataSourceResolver resolver,
            KafkaClients clients,
            OutboxSignal signal,
            OutboxBacklog backlog) {
        // The plain pool: the relay's transactions are its own and nobody's context.
        this.dataSource = resolver.resolve(dataSource);
        this.clients = clients;
        this.signal = signal;
        this.backlog = backlog;
        this.thread = Thread.ofPlatform().name("outbox-relay").unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        boolean woken = false;
        while (!stopping.get()) {
            try {
                drain(woken);
                failures.set(0);
                woken = signal.await(POLL);
            } catch (InterruptedException | InterruptException e) {
                // Only close() interrupts this thread, after it has set stopping.
                LOG.atInfo().log("outbox.interrupted");
            } catch (SQLException | RuntimeException e) {
                // Whatever it was: a relay that ended would hold up everything, and silently.
                if (!stopping.get()) {
                    failed(e);
                }
            }
        }
        closeProducer(Duration.ofSeconds(5));
    }

    private void failed(Exception cause) {
        floor.restart();
        int failure = failures.incrementAndGet();
        LOG.atWarn().setCause(cause).addKeyValue("failures", failure).log("outbox.failed");
        Duration wait = Duration.ofMillis(100L << Math.min(failure - 1, 10));
        try {
            Thread.sleep(wait.compareTo(LONGEST_PAUSE) < 0 ? wait : LONGEST_PAUSE);
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, after it has set stopping.
            LOG.atInfo().log("outbox.interrupted");
        }
    }

    /** @param woken whether somebody here has just committed: then a relay elsewhere may have looked too early, and we wait for our turn */
    private void drain(boolean woken) throws SQLException, InterruptedException {
        boolean more = true;
        while (more && !stopping.get()) {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    // First, so that what is refused is seen to wait, and by those who wait for their turn, too.
                    measure(connection);
                    boolean ours = repository.lock(connection, woken);
                    if (!ours) {
                        connection.commit();
                        return;
                    }
                    OutboxRepository.Batch sent = relay(connection);
                    connection.commit();
                    floor.looked(sent.lastId(), sent.isAll());
                    more = !sent.isAll();
                } catch (SQLException | RuntimeException | InterruptedException e) {
                    abandonProducer();
                    rollback(connection, e);
                    throw e;
                }
            }
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** @return what was sent and removed */
    private OutboxRepository.Batch relay(Connection connection) throws SQLException, InterruptedException {
        if (System.nanoTime() - floorUntil >= 0) {
            floor.restart();
            floorUntil = System.nanoTime() + LONGEST_WITH_A_FLOOR.toNanos();
        }
        floor.runs(repository.running(connection));
        OutboxRepository.Batch batch = repository.oldest(connection, floor.id(), AT_ONCE, ENOUGH_BYTES);
        List<OutboxRepository.Row> rows = batch.rows();
        if (rows.isEmpty()) {
            return batch;
        }
        DurableSend.Progress progress = DurableSend.upToFirstFailure(
                producer(),
                rows.stream().map(row -> producerRecord(row.record())).toList());
        List<OutboxRepository.Row> sent = rows.subList(0, progress.acknowledged());
        if (!sent.isEmpty()) {
            repository.delete(connection, sent);
        }
        if (progress.failure().isPresent()) {
            // What is still under way behind the failed one must not arrive after the failed one's next try, which may
            // be another instance's as soon as this transaction ends.
            abandonProducer();
            connection.commit();
            throw progress.failure().get();
        }
        return batch;
    }

    private ProducerRecord<byte[], byte[]> producerRecord(OutboxRecord record) {
        ProducerRecord<byte[], byte[]> out =
                new ProducerRecord<>(clients.topic(record.topic()), null, null, record.key(), record.value());
        record.headers().forEach((name, value) -> out.headers().add(name, value));
        return out;
    }

    private Producer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = clients.producer(
                    "outbox-relay",
                    Map.of(
                            // The batch is known: nothing is gained by waiting for more.
                            ProducerConfig.LINGER_MS_CONFIG, 0,
                            // The rows' transaction is open meanwhile; and the outbox itself is the patient one.
                            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 6_000,
                            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000,
                            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000));
        }
        return producer;
    }

    /** Whatever it has not handed over never leaves. */
    private void abandonProducer() {
        // An interrupted close would not wait for the end of what is under way.
        boolean interrupted = Thread.interrupted();
        try {
            closeProducer(Duration.ZERO);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeProducer(Duration limit) {
        Producer<byte[], byte[]> closing = producer;
        producer = null;
        if (closing != null) {
            closing.close(limit);
        }
    }

    private void measure(Connection connection) throws SQLException {
        if (System.nanoTime() - measureAt >= 0) {
            measureAt = System.nanoTime() + BETWEEN_MEASURES.toNanos();
            backlog.counted(repository.waiting(connection));
        }
    }

    @Override
    public void close() {
        if (stopping.getAndSet(true) || thread.getState() == Thread.State.NEW) {
            return;
        }
        signal.raise();
        try {
            if (!thread.join(Duration.ofSeconds(15))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(5));
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<String> whyDead() {
        return thread.getState() == Thread.State.TERMINATED && !stopping.get()
                ? Optional.of("the thread died")
                : Optional.empty();
    }

    @Override
    public String readinessName() {
        return "outbox";
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
