package tocsin.tracker.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/**
 * Writes downloads of the history to {@code download.recorded} again: id, key and body as when they were recorded. Their time in the topic is now,
 * for what is as old as the download would be removed at once.
 */
final class BackfillPublisher implements AutoCloseable {

    /** A row is locked meanwhile, and erasures wait: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);

    private final MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
    private final Producer<byte[], byte[]> producer;
    private final String topic;

    BackfillPublisher(KafkaClients clients) {
        producer = clients.producer("download-tracker-backfill", PATIENCE);
        topic = clients.topic(Topics.DOWNLOAD_RECORDED.name());
    }

    /**
     * Returns when the brokers have all of them.
     *
     * @throws KafkaException if they have not; each may have been taken, and none will be any more
     */
    void publish(List<HistoryRow> rows) {
        try {
            DurableSend.all(producer, rows.stream().map(this::record).toList());
        } catch (KafkaException e) {
            awaitTheRest();
            throw e;
        } catch (InterruptedException e) {
            awaitTheRest();
            throw new InterruptException(e);
        }
    }

    /** Who waits for this page to be over, an erasure or who cancels, must not be overtaken by what is still on its way. */
    private void awaitTheRest() {
        producer.flush();
    }

    private ProducerRecord<byte[], byte[]> record(HistoryRow row) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                RecordKeys.downloadRecorded(row.audience(), row.packageKey()).getBytes(UTF_8),
                codec.encode(row.message()));
        record.headers().add(MessageHeaders.MESSAGE_ID, row.eventId().toString().getBytes(UTF_8));
        return record;
    }

    @Override
    public void close() {
        producer.close();
    }
}
