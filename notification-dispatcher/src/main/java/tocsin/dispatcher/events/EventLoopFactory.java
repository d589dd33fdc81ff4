package tocsin.dispatcher.events;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.tracing.Tracing;

@Factory
final class EventLoopFactory {

    @Singleton
    EventTypes types() {
        return new EventTypes();
    }

    @Singleton
    @Named("events")
    BatchLoop events(
            KafkaClients clients,
            EventTypes types,
            EventDispatch dispatch,
            EndpointDirectory endpoints,
            Quarantine quarantine,
            Tracing tracing) {
        return new BatchLoop(
                clients,
                BatchLoopSettings.of("notification-dispatcher-events", Topics.PLATFORM_EVENT.name()),
                new EventHandler(types, dispatch, endpoints, quarantine, tracing));
    }
}
