package tocsin.dispatcher.dispatch;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.tracing.Tracing;

@Factory
final class MatchLoopFactory {

    @Singleton
    @Named("matched")
    BatchLoop matched(
            KafkaClients clients,
            MatchDispatch dispatch,
            TokenDirectory tokens,
            EndpointDirectory endpoints,
            Quarantine quarantine,
            Tracing tracing) {
        return new BatchLoop(
                clients,
                BatchLoopSettings.of("notification-dispatcher", Topics.ADVISORY_MATCHED.name()),
                new MatchedHandler(dispatch, tokens, endpoints, quarantine, tracing));
    }
}
