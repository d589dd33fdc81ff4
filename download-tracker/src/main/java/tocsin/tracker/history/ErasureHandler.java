package tocsin.tracker.history;

import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.Quarantine;

/** {@code privacy.erasure} to the table {@code erasure}: from then on nothing of the subject is stored, and what is there will go. */
final class ErasureHandler implements BatchHandler {

    private final ErasureRepository repository;
    private final Quarantine quarantine;
    private final MessageCodec<PrivacyErasure> codec = MessageCodec.of(PrivacyErasure.class);

    ErasureHandler(ErasureRepository repository, Quarantine quarantine) {
        this.repository = repository;
        this.quarantine = quarantine;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws SQLException {
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            Erasure erasure;
            try {
                erasure = read(record.value());
            } catch (UndecodableMessageException | IllegalArgumentException e) {
                // Not what it said: it may name somebody who asked to be forgotten.
                quarantine.put(BadRecord.coordinatesOf(record), "history: " + e.getMessage());
                continue;
            }
            repository.remember(erasure);
        }
    }

    private Erasure read(byte @Nullable [] value) {
        if (value == null) {
            throw new IllegalArgumentException("no value");
        }
        PrivacyErasure message = codec.decode(value);
        return new Erasure(message.getErasureId(), message.getRequestedAt(), ErasureSubject.of(message));
    }
}
