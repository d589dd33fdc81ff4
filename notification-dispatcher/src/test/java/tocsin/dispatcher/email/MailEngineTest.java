package tocsin.dispatcher.email;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryEngine;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.EngineConfig;
import tocsin.engine.KafkaClientFactory;
import tocsin.engine.Outcome;
import tocsin.engine.RetryLadder;

class MailEngineTest {

    @Test
    void isDeadOnceAPollThreadHasDied() {
        // Given
        try (MailEngine mail = new MailEngine(engineWithoutConsumers())) {
            Optional<String> before = mail.whyDead();

            // When
            mail.start();

            // Then
            await().until(() -> mail.whyDead().isPresent());
            assertEquals(Optional.empty(), before);
            assertEquals(Optional.of("not running"), mail.whyNotReady());
        }
    }

    private static DeliveryEngine engineWithoutConsumers() {
        var ladder = new RetryLadder(List.of(new RetryLadder.Tier("retry", Duration.ofSeconds(1))));
        return new DeliveryEngine(
                new EngineConfig("group", "source", ladder, "dead"),
                new NeverAsked(),
                new FailsBeyondRepair(),
                Clock.systemUTC(),
                new SimpleMeterRegistry());
    }

    private static final class NeverAsked implements DeliveryHandler {
        @Override
        public Outcome deliver(Delivery delivery) {
            return new Outcome.Done();
        }

        @Override
        public void exhausted(Delivery delivery, String reason) {
            throw new IllegalStateException("nothing was read");
        }
    }

    private static final class FailsBeyondRepair implements KafkaClientFactory {
        @Override
        public Consumer<byte[], byte[]> consumer(String groupId, String clientId) {
            throw new NoClassDefFoundError("a jar is missing");
        }

        @Override
        public Producer<byte[], byte[]> producer(String clientId) {
            return new MockProducer<>();
        }
    }
}
