package tocsin.engine;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Gives the engine its clients; the engine closes them. It asks for a new client whenever one has failed, so each call
 * must return a fresh one.
 */
public interface KafkaClientFactory {

    /**
     * Not yet subscribed. Needs {@code enable.auto.commit=false} and {@code auto.offset.reset=earliest}: anything else
     * loses records. {@code read_committed} where producers are transactional.
     */
    Consumer<byte[], byte[]> consumer(String groupId, String clientId);

    /**
     * Needs {@code acks=all} and idempotence. It is shared by all attempts, and replaced after an error that it does not
     * survive.
     */
    Producer<byte[], byte[]> producer(String clientId);
}
