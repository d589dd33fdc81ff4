package tocsin.service.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.service.kafka.LoopTopics.BROKER;
import static tocsin.service.kafka.LoopTopics.CLIENTS;
import static tocsin.service.kafka.LoopTopics.committed;
import static tocsin.service.kafka.LoopTopics.settings;
import static tocsin.service.kafka.LoopTopics.texts;
import static tocsin.service.kafka.LoopTopics.within;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BatchLoopCommitsOnlyWhatIsDoneTest {

    @Test
    void commitsOnlyAfterTheHandlerReturned() throws InterruptedException {
        // Given a handler that holds a batch
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            entered.countDown();
            leave.await();
        })) {
            loop.start();
            assertTrue(entered.await(30, TimeUnit.SECONDS));
            // When nothing but the handler is between the record and the commit
            assertEquals(0, committed(topic));
            leave.countDown();
            // Then
            within().until(() -> committed(topic) == 1);
        }
    }

    @Test
    void bringsTheSameRecordsAgainUntilTheyAreHandled() {
        // Given a handler that fails three times
        Topic topic = Topic.on(BROKER, 1);
        List.of("a", "b", "c").forEach(value -> topic.send("k", value));
        ConcurrentLinkedQueue<List<String>> seen = new ConcurrentLinkedQueue<>();
        Set<Long> committedMeanwhile = ConcurrentHashMap.newKeySet();
        AtomicInteger failures = new AtomicInteger(3);
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            seen.add(texts(batch));
            if (failures.getAndDecrement() > 0) {
                committedMeanwhile.add(committed(topic));
                throw new IllegalStateException("not durable yet");
            }
        })) {
            // When
            loop.start();
            within().until(() -> committed(topic) == 3);
            // Then the first batch came four times, unchanged, and nothing was skipped
            assertEquals(Set.of(0L), committedMeanwhile);
            List<List<String>> batches = List.copyOf(seen);
            assertEquals(1, Set.copyOf(batches.subList(0, 4)).size());
            assertEquals(
                    List.of("a", "b", "c"),
                    batches.subList(3, batches.size()).stream()
                            .flatMap(List::stream)
                            .toList());
        }
    }

    @Test
    void countsAReturnWithTheInterruptSetAsAFailure() {
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        AtomicBoolean works = new AtomicBoolean();
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            if (!works.get()) {
                Thread.currentThread().interrupt();
            }
        })) {
            // Given a handler that swallowed an interrupt
            loop.start();
            // When it does so again and again
            within().until(() -> loop.whyNotReady().orElse("").startsWith("failed"));
            assertEquals(0, committed(topic));
            // Then it is tried again as after any failure
            works.set(true);
            within().until(() -> committed(topic) == 1);
        }
    }

    @Test
    void letsTheRunningBatchEndWhenItIsClosed() throws InterruptedException {
        // Given a batch under way
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            entered.countDown();
            leave.await();
        });
        loop.start();
        assertTrue(entered.await(30, TimeUnit.SECONDS));
        // When it is closed meanwhile
        Thread closing = Thread.ofVirtual().start(loop::close);
        leave.countDown();
        closing.join();
        // Then what it did is committed
        assertEquals(1, committed(topic));
        assertEquals("not running", loop.whyNotReady().orElseThrow());
    }

    @Test
    void abandonsABatchThatDoesNotEnd() throws InterruptedException {
        // Given a batch that never ends
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        CountDownLatch entered = new CountDownLatch(1);
        BatchLoop loop = new BatchLoop(CLIENTS, settings(topic).withCloseGrace(Duration.ofMillis(100)), batch -> {
            entered.countDown();
            new CountDownLatch(1).await();
        });
        loop.start();
        assertTrue(entered.await(30, TimeUnit.SECONDS));
        // When
        loop.close();
        // Then it is not committed
        assertEquals("not running", loop.whyNotReady().orElseThrow());
        assertEquals(0, committed(topic));
    }
}
