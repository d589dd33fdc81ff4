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
        Pending pending = to(producer);
        for (ProducerRecord<byte[], byte[]> record : records) {
            if (!pending.send(record)) {
                break;
            }
        }
        return pending.progress();
    }

    /** For who has the first records before the last: they are on their way meanwhile. */
    public static Pending to(Producer<byte[], byte[]> producer) {
        return new Pending(producer);
    }

    /** Records on their way, in this order. Used by one thread. */
    public static final class Pending {

        private final Producer<byte[], byte[]> producer;
        private final List<Future<RecordMetadata>> acks = new ArrayList<>();
        private Optional<KafkaException> refused = Optional.empty();
        private boolean stopped;

        private Pending(Producer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        /** @return false once a record is known to have failed: this one and any more are not sent */
        public boolean send(ProducerRecord<byte[], byte[]> record) {
            if (stopped) {
                return false;
            }
            try {
                Future<RecordMetadata> ack = producer.send(record);
                acks.add(ack);
                stopped = ack.state() == Future.State.FAILED;
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                refused = Optional.of(e);
                stopped = true;
            }
            return !stopped;
        }

        /**
         * Returns once every record is acknowledged.
         *
         * @throws KafkaException if one or more were not; each of the others may have been
         */
        public void await() throws InterruptedException {
            Optional<KafkaException> failure = progress().failure();
            if (failure.isPresent()) {
                throw failure.get();
            }
        }

        private Progress progress() throws InterruptedException {
            for (int i = 0; i < acks.size(); i++) {
                try {
                    acks.get(i).get();
                } catch (ExecutionException e) {
                    return new Progress(
                            i,
                            Optional.of(new KafkaException("the broker did not acknowledge a record", e.getCause())));
                }
            }
            return new Progress(acks.size(), refused);
        }
    }

    /** As {@link #all} for one record. */
    public static void one(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
            throws InterruptedException {
        all(producer, List.of(record));
    }
}
