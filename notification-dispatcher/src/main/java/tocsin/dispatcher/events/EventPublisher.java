package tocsin.dispatcher.events;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.service.http.Problem;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.RequestPublisher;

/** Writes {@code platform.event}. */
@Singleton
@Bean(preDestroy = "close")
final class EventPublisher implements AutoCloseable {

    private final MessageCodec<PlatformEvent> codec = MessageCodec.of(PlatformEvent.class);
    private final RequestPublisher publisher;

    EventPublisher(KafkaClients clients) {
        this.publisher = new RequestPublisher(
                clients,
                "notification-dispatcher-events",
                Topics.PLATFORM_EVENT.name(),
                "The event could not be stored. Send it again: it is told once.");
    }

    /**
     * Returns when the broker has it.
     *
     * @throws Problem 503 if it did not take it in time
     */
    void publish(PlatformEvent event) {
        publisher.publish(event.getOrgId(), codec.encode(event));
    }

    @Override
    public void close() {
        publisher.close();
    }
}
