package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.service.http.Problem;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/** Writes {@code download.observed} for sources without a Kafka client. */
@Singleton
@Bean(preDestroy = "close")
final class DownloadPublisher implements AutoCloseable {

    /** Somebody waits for an answer: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);

    private final MessageCodec<DownloadObserved> codec = MessageCodec.of(DownloadObserved.class);
    private final Producer<byte[], byte[]> producer;
    private final String topic;

    DownloadPublisher(KafkaClients clients) {
        this.producer = clients.producer("download-tracker-downloads", PATIENCE);
        this.topic = clients.topic(Topics.DOWNLOAD_OBSERVED.name());
    }

    /**
     * Returns when the broker has all of them.
     *
     * @throws Problem 503 if it did not take them in time; some may be there then
     */
    void publish(List<DownloadObserved> downloads) {
        try {
            DurableSend.all(producer, downloads.stream().map(this::record).toList());
        } catch (KafkaException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    /** By its id and not by its source: one busy proxy spreads over all partitions. Without an id it goes anywhere. */
    private ProducerRecord<byte[], byte[]> record(DownloadObserved download) {
        byte @Nullable [] id =
                download.getEventId().map(text -> text.getBytes(UTF_8)).orElse(null);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, id, codec.encode(download));
        if (id != null) {
            record.headers().add(MessageHeaders.MESSAGE_ID, id);
        }
        return record;
    }

    private static Problem unavailable(Exception cause) {
        Problem problem =
                Problem.unavailable("Not all downloads could be stored. Send them again: repeats do no harm.");
        problem.addSuppressed(cause);
        return problem;
    }

    @Override
    public void close() {
        producer.close();
    }
}
