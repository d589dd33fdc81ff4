package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.context.ServerRequestContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.service.http.Problem;
import tocsin.testsupport.KafkaBroker;

class RequestPublisherTest {

    private static final String TOPIC = "acme.thing.happened";

    private static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }

    private static RequestPublisher publisher(KafkaClients clients) {
        return new RequestPublisher(clients, "test", "thing.happened", "Nobody is there. Try again.");
    }

    @Test
    void returnsWhenTheBrokerHasEachMessageUnderItsKey() {
        try (KafkaBroker broker = KafkaBroker.start();
                KafkaClients clients = KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), "acme.", Map.of()));
                RequestPublisher publisher = publisher(clients)) {
            broker.createTopic(TOPIC, 1);
            // When
            publisher.publish("a", text("one"));
            publisher.publish("b", text("two"), Map.of("message-id", "2"));
            publisher.publishAll(List.of(
                    new RequestPublisher.Keyed("c", text("three")), new RequestPublisher.Keyed("d", text("four"))));
            publisher.remove("a");
            // Then
            List<ConsumerRecord<byte[], byte[]>> records = broker.readAll(TOPIC);
            assertEquals(
                    List.of("a", "b", "c", "d", "a"),
                    records.stream()
                            .map(record -> new String(record.key(), UTF_8))
                            .toList());
            assertEquals(
                    List.of("one", "two", "three", "four"),
                    records.subList(0, 4).stream()
                            .map(record -> new String(record.value(), UTF_8))
                            .toList());
            assertArrayEquals(
                    text("2"), records.get(1).headers().lastHeader("message-id").value());
            assertNull(records.get(4).value());
        }
    }

    @Test
    void goesOnInTheTraceOfWhoeverAsked() {
        // Given
        String cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        try (KafkaBroker broker = KafkaBroker.start();
                KafkaClients clients = KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), "acme.", Map.of()));
                RequestPublisher publisher = publisher(clients)) {
            broker.createTopic(TOPIC, 1);

            // When
            ServerRequestContext.with(HttpRequest.POST("/v1/things", "").header("traceparent", cause), (Runnable)
                    () -> publisher.publish("a", text("one")));
            ServerRequestContext.with(HttpRequest.POST("/v1/things", "").header("traceparent", "00-1-2-01"), (Runnable)
                    () -> publisher.publish("a", text("two")));

            // Then
            List<ConsumerRecord<byte[], byte[]>> records = broker.readAll(TOPIC);
            assertArrayEquals(
                    text(cause),
                    records.getFirst().headers().lastHeader("traceparent").value());
            assertNull(records.getLast().headers().lastHeader("traceparent"));
        }
    }

    @Test
    void refusesInTheTimeThatACallerWaitsIfNoBrokerIsThere() {
        try (KafkaClients nobody =
                        KafkaClients.of(new KafkaConfig("127.0.0.1:1", "", Map.of("max.block.ms", "60000")));
                RequestPublisher publisher = publisher(nobody)) {
            // When
            long start = System.nanoTime();
            Problem refused = assertThrows(Problem.class, () -> publisher.publish("a", text("one")));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            // Then
            assertEquals(HttpStatus.SERVICE_UNAVAILABLE, refused.status());
            assertEquals("Nobody is there. Try again.", refused.getMessage());
            assertTrue(took.compareTo(Duration.ofSeconds(30)) < 0, took::toString);
        }
    }

    @Test
    void leavesAnInterruptToWhoeverInterrupted() {
        try (KafkaClients nobody = KafkaClients.of(KafkaConfig.plain("127.0.0.1:1"));
                RequestPublisher publisher = publisher(nobody)) {
            Thread.currentThread().interrupt();
            assertThrows(Problem.class, () -> publisher.publish("a", text("one")));
            assertTrue(Thread.interrupted());
        }
    }
}
