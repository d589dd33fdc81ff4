package tocsin.service.kafka;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What is done with records. Called by one thread at a time for each {@link BatchLoop}. */
@FunctionalInterface
public interface BatchHandler {

    /**
     * Returns only when everything that the records lead to is durable: rows committed, records acknowledged by the broker. Then the loop commits
     * their offsets. May see a record again after a crash, a rebalance or a failure, so it is idempotent. Returning with the thread interrupted is a
     * failure: what it waited for may not have come.
     *
     * @param batch not empty; in order within each partition; values and keys may be null; topics with their prefix
     *     ({@link KafkaClients#unprefixed})
     * @throws Exception if not all is durable: nothing advances and its records come again after a pause, less those of partitions that were given to
     *     another member meanwhile, and with those of partitions that came. A record that will never succeed belongs in the {@link Quarantine} instead
     */
    void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws Exception;
}
