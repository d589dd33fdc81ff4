package tocsin.dispatcher.dispatch;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.Collections;
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
            Tracing tracing,
            DispatchConfig config) {
        return new BatchLoop(
                clients,
                BatchLoopSettings.of("notification-dispatcher", Topics.ADVISORY_MATCHED.name()),
                // Each audience is in one partition, which one of them has; what they share in the tables, instances
                // share too.
                Collections.nCopies(
                        config.threads(), new MatchedHandler(dispatch, tokens, endpoints, quarantine, tracing)));
    }
}
