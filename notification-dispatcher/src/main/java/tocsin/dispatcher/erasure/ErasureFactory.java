package tocsin.dispatcher.erasure;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

@Factory
final class ErasureFactory {

    @Singleton
    @Named("erasures")
    BatchLoop erasures(KafkaClients clients, ErasureRepository erasures, Quarantine quarantine) {
        return new BatchLoop(
                clients,
                // An erasure of much takes its time; what is done is committed before a batch could take too long.
                BatchLoopSettings.of("notification-dispatcher-erasures", Topics.PRIVACY_ERASURE.name())
                        .withMaxRecords(10),
                new ErasureHandler(erasures, quarantine));
    }
}
