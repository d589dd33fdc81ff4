package tocsin.sender.entitlement;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;

@Factory
final class EntitlementTableFactory {

    @Singleton
    TopicTable<OrgEntitlements> entitlementTable(KafkaClients clients, Quarantine quarantine) {
        return new TopicTable<>(
                clients, Topics.ORG_ENTITLEMENTS.name(), MessageCodec.of(OrgEntitlements.class)::decode, quarantine);
    }
}
