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
 * Where the sender as a process stops to be killed: the broker has a retry, and whoever wrote it has not been told. Kafka's clients call it as their
 * interceptor, so the service itself does not know of it; consumers too, for that setting is one for all clients.
 */
public final class AfterRetryFailpoint
        implements ConsumerInterceptor<byte[], byte[]>, ProducerInterceptor<byte[], byte[]> {

    /** What it says there. Whoever has come there goes no further. */
    static final String REACHED = "failpoint after-retry";

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null || metadata == null || !metadata.topic().equals(Topics.WEBHOOK_RETRY_1S.name())) {
            return;
        }
        try {
            // Several times the pause between commits: what counts as done although it is not is told to the broker.
            TimeUnit.MILLISECONDS.sleep(400);
            System.out.println(REACHED);
            System.out.flush();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("only a kill ends this", e);
        }
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        return record;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> settings) {}
}
