package tocsin.service.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.service.kafka.LoopTopics.BROKER;
import static tocsin.service.kafka.LoopTopics.CLIENTS;
import static tocsin.service.kafka.LoopTopics.committed;
import static tocsin.service.kafka.LoopTopics.settings;
import static tocsin.service.kafka.LoopTopics.within;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLoopTellsHowItIsTest {

    @Test
    void isNotReadyWhileItFailsInARow() {
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        AtomicBoolean works = new AtomicBoolean();
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            if (!works.get()) {
                // An error too, not only an exception.
                throw new AssertionError("broken");
            }
        })) {
            loop.start();
            within().until(() -> loop.whyNotReady().orElse("").startsWith("failed"));
            works.set(true);
            within().until(() -> loop.whyNotReady().isEmpty());
        }
    }

    @Test
    void isNotReadyWhileOneOfItsMembersFails() {
        // Given a second handler that cannot do its work
        Topic topic = Topic.on(BROKER, 2);
        AtomicInteger sent = new AtomicInteger();
        BatchHandler failing = _ -> {
            throw new IllegalStateException("not durable yet");
        };
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), List.of(_ -> {}, failing))) {
            loop.start();
            // When records come for both / Then
            within().until(() -> {
                String next = Integer.toString(sent.getAndIncrement());
                topic.send(next, next);
                return loop.whyNotReady().orElse("").startsWith("failed");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void saysThatItIsDeadWhenOneOfItsThreadsIs(int threads) {
        Topic topic = Topic.on(BROKER, 1);
        try (KafkaClients deadly = DeadlyInterceptor.clients(BROKER);
                BatchLoop loop =
                        new BatchLoop(deadly, settings(topic), Collections.nCopies(threads, (BatchHandler) _ -> {}))) {
            assertTrue(loop.whyDead().isEmpty());
            loop.start();
            assertTrue(loop.whyDead().isEmpty());
            // When
            topic.send("k", "a");
            // Then
            within().dontCatchUncaughtExceptions().until(() -> loop.whyDead().isPresent());
        }
    }

    @Test
    void isNotDeadWhenItIsClosed() {
        BatchLoop loop = new BatchLoop(CLIENTS, settings(Topic.on(BROKER, 1)), batch -> {});
        loop.start();
        loop.close();
        assertTrue(loop.whyDead().isEmpty());
    }

    /** Once it is done: an attempt that fails tells nothing. */
    @Test
    void tellsHowOldABatchWasWhenItWasDone() {
        // Given
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicInteger failures = new AtomicInteger(2);
        Clock inAnHour = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        try (KafkaClients clients = new KafkaClients(KafkaConfig.plain(BROKER.bootstrapServers()), registry, inAnHour);
                BatchLoop loop = new BatchLoop(clients, settings(topic), batch -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("not yet");
                    }
                })) {
            // When
            loop.start();
            within().until(() -> committed(topic) == 1);
        }

        // Then
        Timer age = registry.get("tocsin.handled.age")
                .tag("group", "group-" + topic.name())
                .tag("topic", topic.name())
                .timer();
        double seconds = age.max(TimeUnit.SECONDS);
        assertTrue(seconds >= 3_600 && seconds < 3_700, () -> "after " + seconds);
        assertEquals(1, age.count());
    }
}
