package tocsin.dispatcher.address;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;
import tocsin.service.security.OpenRoutes;

@Factory
final class TokenTableFactory {

    @Singleton
    TopicTable<TokenRegistered> tokenTable(KafkaClients clients, Quarantine quarantine) {
        return new TopicTable<>(
                clients, Topics.TOKEN_REGISTERED.name(), MessageCodec.of(TokenRegistered.class)::decode, quarantine);
    }

    @Singleton
    TokenDirectory tokens(TopicTable<TokenRegistered> table) {
        return new TokenDirectory(table);
    }

    /** The link's own token is what opens it. */
    @Singleton
    OpenRoutes confirmationPages() {
        return OpenRoutes.of("/email-confirmations/*");
    }
}
