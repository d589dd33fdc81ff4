package tocsin.service.kafka;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is done with records. Called by one thread at a time for each {@link BatchLoop}. */
@FunctionalInterface
public interface BatchHandler {

    /**
     * Returns only when everything that the records lead to is durable: rows committed, records acknowledged by the broker. Then the loop commits
     * their offsets. May see a record again after a crash, a rebalance or a failure, so it is idempotent.
     *
     * @param batch not empty; in order within each partition; values and keys may be null; topics with their prefix
     *     ({@link KafkaClients#unprefixed})
     * @throws Exception if not all is durable: nothing advances and the same batch comes again after a pause. A record that will never succeed
     *     belongs in the {@link Quarantine} instead
     */
    void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws Exception;
}
