package tocsin.sender.entitlement;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;

@Factory
final class EntitlementTableFactory {

    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

    @Singleton
    TopicTable<OrgEntitlements> entitlementTable(KafkaClients clients, Quarantine quarantine) {
        return TopicTable.keepingTheNewest(
                clients,
                Topics.ORG_ENTITLEMENTS.name(),
                MessageCodec.of(OrgEntitlements.class)::decode,
                quarantine,
                Comparator.comparing(OrgEntitlements::getChangedAt));
    }

    @Singleton
    WebhookEntitlement entitlement(TopicTable<OrgEntitlements> table) {
        return new WebhookEntitlement(table, ON_ITS_WAY);
    }
}
