package tocsin.dispatcher.address;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import tocsin.schemas.TokenRecords;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;
import tocsin.service.security.OpenRoutes;

@Factory
final class TokenTableFactory {

    @Singleton
    TokenDirectory.Arrivals tokenArrivals() {
        return new TokenDirectory.Arrivals();
    }

    @Singleton
    TopicTable<TokenRegistered> tokenTable(
            KafkaClients clients, Quarantine quarantine, TokenDirectory.Arrivals arrivals) {
        return TopicTable.keepingNothingRefused(
                clients, Topics.TOKEN_REGISTERED.name(), TokenRecords::read, quarantine, arrivals);
    }

    @Singleton
    TokenDirectory tokens(TopicTable<TokenRegistered> table, TokenDirectory.Arrivals arrivals) {
        return new TokenDirectory(table, arrivals);
    }

    /** The link's own token is what opens it. */
    @Singleton
    OpenRoutes pagesBehindLinks() {
        return OpenRoutes.of("/email-confirmations/*", "/unsubscribe/*");
    }
}
