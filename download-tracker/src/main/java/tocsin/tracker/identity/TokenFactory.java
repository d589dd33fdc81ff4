package tocsin.tracker.identity;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import tocsin.schemas.Topics;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;

@Factory
final class TokenFactory {

    @Singleton
    TopicTable<TokenRegistration> table(KafkaClients clients, Quarantine quarantine) {
        return TopicTable.keepingNothingRefused(
                clients,
                Topics.TOKEN_REGISTERED.name(),
                new TokenRegistrations()::read,
                quarantine,
                (tokenId, registration) -> {});
    }

    @Singleton
    KnownTokens knownTokens(TopicTable<TokenRegistration> table) {
        return token -> table.find(token.tokenId());
    }
}
