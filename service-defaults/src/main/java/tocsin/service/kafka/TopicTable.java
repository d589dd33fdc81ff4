package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;

/**
 * A compacted topic as a map that every instance holds in memory and that follows the topic. Keys are UTF-8 text, the last value of a key counts
 * (or {@linkplain #keepingTheNewest the newest}), a tombstone removes it. Broker outages are sat out. A bean of this type is started and closed with
 * the service, which is not ready before it is loaded. Safe for use by many threads.
 *
 * <p>A value that cannot be decoded leaves the one before it and never holds up others. One that came after loading goes to quarantine from each
 * instance that runs then: as many copies as instances, all with the same origin in their {@link QuarantineHeaders}. One met during loading is only
 * logged, else every start would put it there again; so a bad value that comes while no instance runs, or only such as still load, is in no
 * quarantine. Nor is one that the quarantine could not take: that too is only logged.
 *
 * <p>An instance that is cut off from the cluster for longer than the topic keeps its tombstones (a day by default) may keep a removed key until it
 * starts anew.
 *
 * @param <V> immutable
 */
public final class TopicTable<V> implements BackgroundWork, ReadinessSource {

    private static final Logger LOG = LoggerFactory.getLogger(TopicTable.class);
    private static final Duration BETWEEN_CONSUMERS = Duration.ofSeconds(1);

    private final String topic;
    private final KeyedDecoder<V> decoder;
    private final Quarantine quarantine;
    private final boolean keepsRefused;
    private final Comparator<? super V> byAge;
    private final Listener<V> listener;
    private final TopicReader reader;
    private final Map<String, V> rows = new ConcurrentHashMap<>();
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Thread thread;

    /** Reads a record, given its key as text. Throws any runtime exception or error for what it cannot read; its message becomes the quarantine's reason. */
    @FunctionalInterface
    public interface KeyedDecoder<V> {
        V decode(String key, byte[] value);
    }

    /** Told of every change, during loading too, by the one thread that reads, after the map has it. What it throws is logged. */
    @FunctionalInterface
    public interface Listener<V> {
        /** @param value empty for a removed key */
        void changed(String key, Optional<V> value);
    }

    /**
     * @param topic without prefix
     * @param decoder throws any runtime exception or error for what it cannot read; its message becomes the quarantine's reason
     */
    public TopicTable(KafkaClients clients, String topic, Function<byte[], V> decoder, Quarantine quarantine) {
        this(clients, topic, decoder, quarantine, (key, value) -> {});
    }

    public TopicTable(
            KafkaClients clients,
            String topic,
            Function<byte[], V> decoder,
            Quarantine quarantine,
            Listener<V> listener) {
        this(clients, topic, (_, value) -> decoder.apply(value), quarantine, true, (_, _) -> 0, listener);
    }

    private TopicTable(
            KafkaClients clients,
            String topic,
            KeyedDecoder<V> decoder,
            Quarantine quarantine,
            boolean keepsRefused,
            Comparator<? super V> byAge,
            Listener<V> listener) {
        this.topic = topic;
        this.decoder = decoder;
        this.quarantine = quarantine;
        this.keepsRefused = keepsRefused;
        this.byAge = byAge;
        this.listener = listener;
        this.reader = new TopicReader(clients, topic, this::apply, loaded::countDown);
        this.thread = Thread.ofPlatform().name("table-" + topic).daemon().unstarted(this::run);
    }

    /**
     * A table of a topic whose records may hold, by somebody's mistake, a secret that nobody may keep. Of one that cannot be read only its coordinates
     * and the reason go to quarantine, neither key nor value nor headers; and the decoder judges the key as well.
     */
    public static <V> TopicTable<V> keepingNothingRefused(
            KafkaClients clients, String topic, KeyedDecoder<V> decoder, Quarantine quarantine, Listener<V> listener) {
        return new TopicTable<>(clients, topic, decoder, quarantine, false, (_, _) -> 0, listener);
    }

    /**
     * A table of a topic in which an older value may follow a newer one, as where an outbox writes it: of two values of a key the newer counts,
     * whichever comes first, and of equally new ones the later. A tombstone, which has no age, removes both.
     */
    public static <V> TopicTable<V> keepingTheNewest(
            KafkaClients clients,
            String topic,
            Function<byte[], V> decoder,
            Quarantine quarantine,
            Comparator<? super V> byAge) {
        return new TopicTable<>(
                clients, topic, (_, value) -> decoder.apply(value), quarantine, true, byAge, (_, _) -> {});
    }

    @Override
    public void start() {
        thread.start();
    }

    /** Whether all is in that was in the topic when this was started. Stays true. */
    public boolean isLoaded() {
        return loaded.getCount() == 0;
    }

    /** @return whether it is loaded; false if the time is up first */
    public boolean awaitLoaded(Duration limit) throws InterruptedException {
        return loaded.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Whether all is in that was in the topic when this was called: what is not found then was not there. Costs two questions to the brokers and the
     * reading of what is behind; the table itself goes on meanwhile.
     *
     * @return false if the time is up first, as without a broker
     */
    public boolean awaitCaughtUp(Duration limit) throws InterruptedException {
        return reader.awaitCaughtUp(limit);
    }

    /**
     * Waits for what is perhaps on its way here, such as what another service was told a moment ago.
     *
     * @param isThere asked of what the table, and its listener, has by now, and again after each change
     * @return whether it is there; false if the time is up first
     */
    public boolean awaitUntil(BooleanSupplier isThere, Duration limit) throws InterruptedException {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (!isThere.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return isThere.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    public Optional<V> find(String key) {
        return Optional.ofNullable(rows.get(key));
    }

    /** What there is now; a copy. */
    public Collection<V> values() {
        return List.copyOf(rows.values());
    }

    private void run() {
        while (!stopping.get()) {
            try {
                reader.run(stopping::get);
            } catch (RuntimeException e) {
                if (!stopping.get()) {
                    LOG.atWarn().setCause(e).addKeyValue("topic", topic).log("table.interrupted");
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(BETWEEN_CONSUMERS);
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, after it has set stopping.
            Thread.currentThread().interrupt();
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            refuse(record, "a record of a compacted topic has no key");
            return;
        }
        String key = new String(record.key(), UTF_8);
        if (record.value() == null) {
            if (rows.remove(key) != null) {
                tell(key, Optional.empty());
            }
            return;
        }
        V value;
        try {
            value = decoder.decode(key, record.value());
        } catch (RuntimeException | Error e) {
            // An error too: a value may be deeper than the stack.
            refuse(record, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            return;
        }
        V before = rows.get(key);
        if (before != null && byAge.compare(value, before) < 0) {
            return;
        }
        rows.put(key, value);
        tell(key, Optional.of(value));
    }

    private void tell(String key, Optional<V> value) {
        try {
            listener.changed(key, value);
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).addKeyValue("topic", topic).log("table.listener-failed");
        }
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
        LOG.atWarn()
                .addKeyValue("topic", topic)
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .log("table.record-refused");
        if (isLoaded()) {
            try {
                quarantine.put(keepsRefused ? BadRecord.of(record) : BadRecord.coordinatesOf(record), reason);
            } catch (KafkaException e) {
                // The topic itself still has the record; others must not wait for it.
                LOG.atWarn().setCause(e).addKeyValue("topic", topic).log("table.quarantine-failed");
            }
        }
    }

    @Override
    public void close() {
        stopping.set(true);
        if (thread.getState() != Thread.State.NEW) {
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Optional<String> whyDead() {
        return thread.getState() == Thread.State.TERMINATED && !stopping.get()
                ? Optional.of("the thread of the table " + topic + " died")
                : Optional.empty();
    }

    @Override
    public String readinessName() {
        return "table-" + topic;
    }

    /** The thread reads and has read all that was there when it was started. */
    @Override
    public Optional<String> whyNotReady() {
        if (!thread.isAlive()) {
            return Optional.of("not running");
        }
        return isLoaded() ? Optional.empty() : Optional.of("not read to its end yet");
    }
}
