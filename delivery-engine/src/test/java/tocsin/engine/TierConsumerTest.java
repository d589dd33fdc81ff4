package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.engine.EngineConfig.Timing;
import tocsin.testsupport.MovableClock;

class TierConsumerTest {

    private static final EngineConfig CONFIG = quick();
    private static final TopicPartition PARTITION = new TopicPartition(CONFIG.sourceTopic(), 0);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MovableClock clock = MovableClock.at("2026-01-02T03:04:05Z");
    private final StopSignal takeNoMore = new StopSignal();
    private boolean heldBack;

    @Test
    void isFailingUntilAConsumerHasJoined() {
        // Given
        var failing = new ArrayList<Boolean>();
        var tiers = new ArrayList<TierConsumer>();
        tiers.add(consumer(() -> {
            var refused = new MockConsumer<byte[], byte[]>("earliest");
            // The first poll returns before the broker has refused.
            refused.schedulePollTask(() -> {});
            refused.schedulePollTask(() -> {
                failing.add(tiers.getFirst().isFailing());
                if (failing.size() == 3) {
                    takeNoMore.give();
                }
                refused.setPollException(new GroupAuthorizationException("group"));
            });
            return refused;
        }));
        // When
        tiers.getFirst().run();
        // Then
        assertEquals(List.of(false, true, true), failing);
    }

    @Test
    void tellsHowManyCommitsFailedInARow() {
        // Given
        var told = new ArrayList<Double>();
        var refusing = new RefusesCommits(30);
        refusing.updateBeginningOffsets(Map.of(PARTITION, 7L));
        refusing.schedulePollTask(() -> refusing.rebalance(List.of(PARTITION)));
        refusing.onTurn = () -> {
            told.add(registry.get("delivery.engine.commit.failures").gauge().value());
            if (refusing.accepted) {
                takeNoMore.give();
            }
        };
        // When
        consumer(() -> refusing).run();
        // Then
        assertTrue(told.contains(30.0), told::toString);
        assertEquals(0.0, told.getLast());
    }

    @Test
    void waitsLongerForEachConsumerThatBreaksSoonAfterItHasJoined() {
        // Given
        var made = new ArrayList<Long>();
        var consumer = consumer(() -> {
            made.add(System.nanoTime());
            var joins = new MockConsumer<byte[], byte[]>("earliest");
            joins.updateBeginningOffsets(Map.of(PARTITION, 0L));
            joins.schedulePollTask(() -> joins.rebalance(List.of(PARTITION)));
            joins.schedulePollTask(() -> {});
            joins.schedulePollTask(() -> {
                if (made.size() == 4) {
                    takeNoMore.give();
                }
                joins.setPollException(new KafkaException("broken again"));
            });
            return joins;
        });
        // When
        consumer.run();
        // Then
        for (int n = 1; n < 4; n++) {
            long waited = made.get(n) - made.get(n - 1);
            assertTrue(waited >= Backoff.DEFAULT.after(n).toNanos(), "before consumer " + (n + 1) + ": " + waited);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsHowLongARetryHasBeenDueUnlessAllAreHeldBack(boolean held) {
        // Given
        heldBack = held;
        var told = new ArrayList<Double>();
        var partition = new TopicPartition("retry.1", 0);
        var reads = new MockConsumer<byte[], byte[]>("earliest");
        reads.updateBeginningOffsets(Map.of(partition, 0L));
        reads.schedulePollTask(() -> {
            reads.rebalance(List.of(partition));
            reads.addRecord(new ConsumerRecord<>(
                    "retry.1",
                    0,
                    0,
                    clock.millis(),
                    TimestampType.LOG_APPEND_TIME,
                    1,
                    1,
                    new byte[] {1},
                    new byte[] {1},
                    new RecordHeaders(),
                    Optional.empty()));
        });
        reads.schedulePollTask(() -> clock.advance(Duration.ofSeconds(2)));
        reads.schedulePollTask(() -> {
            clock.advance(Duration.ofSeconds(100));
            told.add(registry.get("delivery.engine.overdue").gauge().value());
            takeNoMore.give();
        });

        // When
        consumer(ReadTopic.tier(CONFIG, new RetryLadder.Tier("retry.1", Duration.ofSeconds(60))), () -> reads)
                .run();

        // Then
        assertEquals(List.of(held ? 0.0 : 42.0), told);
    }

    private TierConsumer consumer(Supplier<Consumer<byte[], byte[]>> consumers) {
        return consumer(ReadTopic.source(CONFIG), consumers);
    }

    private TierConsumer consumer(ReadTopic reading, Supplier<Consumer<byte[], byte[]>> consumers) {
        var metrics = new EngineMetrics(registry, CONFIG.groupId(), () -> heldBack);
        var giveUp = new StopSignal();
        var gate = new OutageGate(Backoff.DEFAULT, System::nanoTime);
        var patient = new PatientHandler(ScriptedHandler.done(), gate, Duration.ZERO, takeNoMore, metrics);
        var producer = new RetryProducer(MockProducer::new, giveUp);
        var onward = new Onward(new RetrySchedule(CONFIG.ladder()), CONFIG.deadTopic(), producer, clock);
        var attempts = new Attempts(CONFIG.ladder(), patient, onward, clock, metrics);
        var windows = new PartitionWindows(
                new WindowBudget(10, 1_000), new Dispatch(CONFIG, attempts, clock, metrics), clock);
        var clients = new KafkaClientFactory() {
            @Override
            public Consumer<byte[], byte[]> consumer(String groupId, String clientId) {
                return consumers.get();
            }

            @Override
            public Producer<byte[], byte[]> producer(String clientId) {
                return new MockProducer<>();
            }
        };
        return new TierConsumer(reading, windows, clients, CONFIG.timing(), takeNoMore, metrics);
    }

    private static EngineConfig quick() {
        var moment = Duration.ofNanos(1);
        return EngineFixture.config("t", Duration.ofSeconds(1))
                .withTiming(new Timing(moment, moment, Duration.ofSeconds(1), Duration.ofSeconds(1), moment));
    }

    private static final class RefusesCommits extends MockConsumer<byte[], byte[]> {

        private int refusals;
        private boolean accepted;
        private Runnable onTurn = () -> {};

        RefusesCommits(int refusals) {
            super("earliest");
            this.refusals = refusals;
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            if (refusals-- > 0) {
                callback.onComplete(offsets, new RetriableCommitFailedException("not now"));
            } else {
                super.commitAsync(offsets, callback);
                accepted = true;
            }
            onTurn.run();
        }
    }
}
