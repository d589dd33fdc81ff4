package tocsin.dispatcher.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

@Factory
final class LedgerFactory {

    @Singleton
    @Named("settled")
    BatchLoop settled(
            KafkaClients clients,
            SqlClient sql,
            LedgerRepository ledger,
            ExhaustedWebhook exhausted,
            ResentWebhook resent,
            Quarantine quarantine) {
        return new BatchLoop(
                clients,
                BatchLoopSettings.of("notification-dispatcher-settled", Topics.DELIVERY_SETTLED.name()),
                new SettledHandler(sql, ledger, exhausted, resent, quarantine));
    }

    @Context
    LedgerMetrics metrics(LedgerRepository ledger, MeterRegistry registry, Clock clock) {
        return new LedgerMetrics(ledger, registry, clock);
    }
}
