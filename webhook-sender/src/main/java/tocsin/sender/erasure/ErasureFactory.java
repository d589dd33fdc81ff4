package tocsin.sender.erasure;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import tocsin.schemas.Topics;
import tocsin.sender.deliverylog.PayloadRepository;
import tocsin.sender.parking.ParkingRepository;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

@Factory
final class ErasureFactory {

    @Singleton
    @Named("erasures")
    BatchLoop erasures(
            KafkaClients clients,
            ErasureRepository erasures,
            ParkingRepository parking,
            PayloadRepository payloads,
            Quarantine quarantine) {
        return new BatchLoop(
                clients,
                // One by one: each is committed when it is done, and however many come, none is given to another member
                // in mid-work.
                BatchLoopSettings.of("webhook-sender-erasures", Topics.PRIVACY_ERASURE.name())
                        .withMaxRecords(1),
                new ErasureHandler(erasures, parking, payloads, quarantine));
    }
}
