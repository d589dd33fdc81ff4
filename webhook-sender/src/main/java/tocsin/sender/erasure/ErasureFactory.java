package tocsin.sender.erasure;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import tocsin.schemas.Topics;
import tocsin.sender.parking.ParkingRepository;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

@Factory
final class ErasureFactory {

    @Singleton
    @Named("erasures")
    BatchLoop erasures(KafkaClients clients, ParkingRepository parking, Quarantine quarantine) {
        return new BatchLoop(
                clients,
                BatchLoopSettings.of("webhook-sender-erasures", Topics.PRIVACY_ERASURE.name()),
                new ErasureHandler(parking, quarantine));
    }
}
