package tocsin.service.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/** Sends and waits until the broker has it. */
public final class DurableSend {

    private DurableSend() {}

    /**
     * Sends in this order and returns once every record is acknowledged.
     *
     * @throws KafkaException if one or more were not; each of the others may have been
     * @throws InterruptedException then too
     */
    public static void all(Producer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records)
            throws InterruptedException {
        List<Future<RecordMetadata>> acks = new ArrayList<>(records.size());
        for (ProducerRecord<byte[], byte[]> record : records) {
            acks.add(producer.send(record));
        }
        for (Future<RecordMetadata> ack : acks) {
            acknowledged(ack);
        }
    }

    /** As {@link #all} for one record. */
    public static void one(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
            throws InterruptedException {
        all(producer, List.of(record));
    }

    static void acknowledged(Future<RecordMetadata> ack) throws InterruptedException {
        try {
            ack.get();
        } catch (ExecutionException e) {
            throw new KafkaException("the broker did not acknowledge a record", e.getCause());
        }
    }
}
