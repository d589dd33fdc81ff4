package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.engine.Outcome.Dead;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.Park;
import tocsin.engine.Outcome.RetryLater;
import tocsin.engine.ScriptedHandler.Attempt;

class RetriesByTheLadderTest {

    private static final byte[] BODY = {0, 1, -1, (byte) 0xC3, 10};
    private static final RetryLater LATER = new RetryLater("answered 503");

    private final EngineFixture fixture =
            EngineFixture.with(2, Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(150));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void attemptsOnceInEachTierThenTellsTheOwnerThenBuries() {
        // Given
        var buriedBefore = new ArrayList<Integer>();
        var handler = ScriptedHandler.answering(LATER)
                .ending((_, _) -> buriedBefore.add(fixture.dead().size()));
        fixture.start(handler);
        // When
        fixture.send(new ProducerRecord<>(
                fixture.config().sourceTopic(),
                null,
                "key".getBytes(UTF_8),
                BODY,
                List.<Header>of(header("message-id", "m1"), header("x", "1"), header("x", "2"))));
        // Then
        await().atMost(EngineFixture.PATIENCE).until(() -> fixture.dead().size() == 1);
        fixture.awaitAllCommitted();
        List<Attempt> attempts = handler.attempts();
        assertEquals(List.of(1, 2, 3, 4), attempts.stream().map(Attempt::number).toList());
        for (Attempt attempt : attempts) {
            Delivery delivery = attempt.delivery();
            assertArrayEquals(BODY, delivery.value());
            assertArrayEquals("key".getBytes(UTF_8), delivery.key());
            assertEquals(Optional.of("m1"), delivery.header("message-id"));
            assertEquals(
                    List.of("1", "2"),
                    delivery.headers().stream()
                            .filter(it -> it.name().equals("x"))
                            .map(MessageHeader::text)
                            .toList());
            assertEquals(attempt.number() == 1 ? Optional.empty() : Optional.of("answered 503"), delivery.lastError());
            assertTrue(Duration.between(attempts.getFirst().start(), delivery.firstAttemptAt())
                            .abs()
                            .compareTo(Duration.ofMillis(50))
                    < 0);
        }
        assertEquals(List.of(0), buriedBefore);
        ConsumerRecord<byte[], byte[]> dead = fixture.dead().getFirst();
        assertArrayEquals(BODY, dead.value());
        assertArrayEquals("key".getBytes(UTF_8), dead.key());
        assertEquals("m1", header(dead, "message-id"));
        assertEquals("4", header(dead, "attempt"));
        assertEquals("answered 503", header(dead, "last-error"));
        assertEquals(fixture.config().sourceTopic(), header(dead, "origin-topic"));
        assertEquals("0", header(dead, "origin-offset"));
    }

    @Test
    void stopsOnceItIsDone() {
        var handler = ScriptedHandler.answering(LATER, new Done());
        fixture.start(handler);
        fixture.send("key", "a");
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() == 2);
        fixture.awaitAllCommitted();
        assertEquals(2, handler.attempts().size());
        assertEquals(List.of(), fixture.dead());
        assertEquals(List.of(), handler.exhausted());
    }

    @Test
    void leavesWhatIsParkedToItsOwner() {
        var handler = ScriptedHandler.answering(new Park("asked to wait an hour"));
        fixture.start(handler);
        fixture.send("key", "a");
        fixture.flush();
        fixture.awaitAllCommitted();
        assertEquals(1, handler.attempts().size());
        assertEquals(List.of(), fixture.tier(1));
        assertEquals(List.of(), fixture.dead());
    }

    @Test
    void buriesAtOnceWhatHasNoChance() {
        var handler = ScriptedHandler.answering(new Dead("not a message"));
        fixture.start(handler);
        fixture.send("key", "a");
        fixture.flush();
        fixture.awaitAllCommitted();
        assertEquals("not a message", header(fixture.dead().getFirst(), "last-error"));
        assertEquals("1", header(fixture.dead().getFirst(), "attempt"));
        assertEquals(1, handler.attempts().size());
    }

    @Test
    void makesNoFurtherAttemptWhileTheEndStateCannotBeWritten() {
        // Given
        var failures = new AtomicInteger();
        var handler = ScriptedHandler.answering(LATER).ending((_, _) -> {
            if (failures.incrementAndGet() < 4) {
                throw new IOException("database down");
            }
        });
        var impatient = fixture.config()
                .withTiming(new EngineConfig.Timing(
                        Duration.ofMillis(50),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ZERO));
        fixture.start(impatient, handler);
        // When
        fixture.send("key", "a");
        // Then
        await().atMost(EngineFixture.PATIENCE).until(() -> fixture.dead().size() == 1);
        fixture.awaitAllCommitted();
        assertEquals(4, handler.attempts().size());
        assertEquals(List.of("a: answered 503"), handler.exhausted());
        assertEquals("4", header(fixture.dead().getFirst(), "attempt"));
    }

    @Test
    void takesWhatIsCopiedBackFromTheDeadTopicAsNew() {
        var handler = ScriptedHandler.done();
        fixture.start(handler);
        fixture.send(
                "key", "a", header("attempt", "4"), header("last-error", "answered 503"), header("not-before", "1"));
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() == 1);
        assertEquals(1, handler.attempts().getFirst().number());
        assertEquals(Optional.empty(), handler.attempts().getFirst().delivery().lastError());
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
