package tocsin.service.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Sends and waits until the broker has it. */
public final class DurableSend {

    private DurableSend() {}

    /**
     * How far a list got.
     *
     * @param acknowledged how many, from the first on without a gap
     * @param failure of the next one; empty if there is none
     */
    public record Progress(int acknowledged, Optional<KafkaException> failure) {}

    /**
     * Sends in this order and returns once every record is acknowledged.
     *
     * @throws KafkaException if one or more were not; each of the others may have been
     * @throws InterruptedException then too
     */
    public static void all(Producer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records)
            throws InterruptedException {
        Optional<KafkaException> failure = upToFirstFailure(producer, records).failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /**
     * As {@link #all}, for who keeps what was acknowledged. Nothing is sent after a record that is known to have failed already: with the broker
     * away each further send would block anew, and with the broker back the later records would overtake the earlier.
     *
     * @return the first failure, once it is known what came before; records behind it may have been acknowledged too
     */
    public static Progress upToFirstFailure(
            Producer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records)
            throws InterruptedException {
        List<Future<RecordMetadata>> acks = new ArrayList<>(records.size());
        Optional<KafkaException> refused = Optional.empty();
        try {
            for (ProducerRecord<byte[], byte[]> record : records) {
                Future<RecordMetadata> ack = producer.send(record);
                acks.add(ack);
                if (ack.state() == Future.State.FAILED) {
                    break;
                }
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            refused = Optional.of(e);
        }
        for (int i = 0; i < acks.size(); i++) {
            try {
                acks.get(i).get();
            } catch (ExecutionException e) {
                return new Progress(
                        i, Optional.of(new KafkaException("the broker did not acknowledge a record", e.getCause())));
            }
        }
        return new Progress(acks.size(), refused);
    }

    /** As {@link #all} for one record. */
    public static void one(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
            throws InterruptedException {
        all(producer, List.of(record));
    }
}
