package tocsin.sender.delivery;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Topics;

/**
 * Where the sender as a process stops to be killed: Kafka's clients call it as their interceptor, so the service itself knows of none. It says where it
 * is, and whoever has come there goes no further.
 */
public final class KafkaFailpoint implements ConsumerInterceptor<byte[], byte[]>, ProducerInterceptor<byte[], byte[]> {

    /** The system property that names the one at which a process stops. */
    static final String ARMED = "tocsin.test.failpoint";

    /** Requests were received, and nobody has begun with them. */
    static final String AFTER_POLL = "after-poll";

    /** The broker has a retry, and whoever wrote it has not been told. */
    static final String AFTER_RETRY = "after-retry-produce";

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        if (records.records(Topics.WEBHOOK_REQUESTED.name()).iterator().hasNext()) {
            pass(AFTER_POLL);
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        return record;
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure == null && metadata != null && metadata.topic().equals(Topics.WEBHOOK_RETRY_1S.name())) {
            pass(AFTER_RETRY);
        }
    }

    private static void pass(String name) {
        if (!name.equals(System.getProperty(ARMED))) {
            return;
        }
        try {
            // Several times the pause between commits: what counts as done although it is not is told to the broker.
            TimeUnit.MILLISECONDS.sleep(400);
            System.out.println("failpoint " + name);
            System.out.flush();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("only a kill ends this", e);
        }
    }

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> settings) {}
}
