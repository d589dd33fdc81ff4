package tocsin.dispatcher.settings;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;

@Factory
final class EndpointTableFactory {

    @Singleton
    EndpointDirectory.Arrivals arrivals() {
        return new EndpointDirectory.Arrivals();
    }

    @Singleton
    TopicTable<WebhookEndpoint> endpointTable(
            KafkaClients clients, Quarantine quarantine, EndpointDirectory.Arrivals arrivals) {
        return new TopicTable<>(
                clients,
                Topics.WEBHOOK_ENDPOINT.name(),
                MessageCodec.of(WebhookEndpoint.class)::decode,
                quarantine,
                arrivals);
    }

    @Singleton
    EndpointDirectory endpoints(TopicTable<WebhookEndpoint> table, EndpointDirectory.Arrivals arrivals) {
        return new EndpointDirectory(table, arrivals);
    }
}
