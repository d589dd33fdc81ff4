package tocsin.sender.erasure;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.deliverylog.PayloadRepository;
import tocsin.sender.parking.ParkingRepository;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.Quarantine;

/** Remembers each erasure, then applies it to what waits and to what the delivery log keeps; a repeat finds nothing left. */
final class ErasureHandler implements BatchHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ErasureHandler.class);
    private static final MessageCodec<PrivacyErasure> CODEC = MessageCodec.of(PrivacyErasure.class);

    private final ErasureRepository erasures;
    private final ParkingRepository parking;
    private final PayloadRepository payloads;
    private final Quarantine quarantine;

    ErasureHandler(
            ErasureRepository erasures, ParkingRepository parking, PayloadRepository payloads, Quarantine quarantine) {
        this.erasures = erasures;
        this.parking = parking;
        this.payloads = payloads;
        this.quarantine = quarantine;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) {
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            PrivacyErasure erasure;
            ErasureSubject subject;
            try {
                erasure = CODEC.decode(record.value() == null ? new byte[0] : record.value());
                subject = ErasureSubject.of(erasure);
            } catch (UndecodableMessageException | IllegalArgumentException e) {
                // Not what it said: it may name somebody who asked to be forgotten.
                quarantine.put(BadRecord.coordinatesOf(record), "no erasure that names one subject");
                continue;
            }
            try {
                int requests = apply(subject, erasure.getRequestedAt());
                LOG.atInfo()
                        .addKeyValue("erasureId", erasure.getErasureId())
                        .addKeyValue("requests", requests)
                        .log("erasure.applied");
            } catch (DatabaseException e) {
                if (e.isOutage()) {
                    throw e;
                }
                // Such as a time that the database has no room for: nobody else's erasure waits for it.
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("erasureId", erasure.getErasureId())
                        .log("erasure.failed");
                quarantine.put(BadRecord.coordinatesOf(record), "erasing failed");
            }
        }
    }

    /** @return how many requests were changed */
    private int apply(ErasureSubject subject, Instant requestedAt) {
        return switch (subject) {
            case ErasureSubject.OfOrganisation _, ErasureSubject.OfEmail _ -> {
                String key = RecordKeys.privacyErasure(subject);
                erasures.remember(key, requestedAt);
                yield parking.forget(key) + payloads.forget(key);
            }
            // A personal token's holder is told by mail only.
            case ErasureSubject.OfToken _ -> 0;
        };
    }
}
