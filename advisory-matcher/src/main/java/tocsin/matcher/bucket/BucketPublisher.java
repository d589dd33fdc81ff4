package tocsin.matcher.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.FeedPosition;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/** Writes {@code advisory.published} and {@code feed.position}, and knows the places. Safe for use by many threads. */
final class BucketPublisher implements FolderPoll.Sink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BucketPublisher.class);

    private final MessageCodec<AdvisoryPublished> publishedCodec = MessageCodec.of(AdvisoryPublished.class);
    private final MessageCodec<FeedPosition> positionCodec = MessageCodec.of(FeedPosition.class);
    private final Map<String, FeedPosition> positions = new ConcurrentHashMap<>();
    private final Producer<byte[], byte[]> producer;
    private final String published;
    private final String position;
    private final BucketMetrics metrics;

    BucketPublisher(KafkaClients clients, BucketMetrics metrics) {
        this.producer = clients.producer("advisory-matcher-buckets", Map.of());
        this.published = clients.topic(Topics.ADVISORY_PUBLISHED.name());
        this.position = clients.topic(Topics.FEED_POSITION.name());
        this.metrics = metrics;
    }

    @Override
    public void publish(List<FolderPoll.Document> documents) throws IOException, InterruptedException {
        send(documents.stream()
                .map(document -> new ProducerRecord<>(
                        published, document.key().getBytes(UTF_8), publishedCodec.encode(document.message())))
                .toList());
        documents.forEach(document -> metrics.published(
                document.message().getFeed(), document.modified().isPresent() ? "published" : "unreadable"));
    }

    @Override
    public void keep(FeedPosition place) throws IOException, InterruptedException {
        String key = Position.key(place.getFeed(), place.getFolder());
        send(List.of(new ProducerRecord<>(position, key.getBytes(UTF_8), positionCodec.encode(place))));
        positions.put(key, place);
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records) throws IOException, InterruptedException {
        try {
            DurableSend.all(producer, records);
        } catch (KafkaException e) {
            throw new IOException("the broker did not take what was fetched", e);
        }
    }

    @Override
    public void lacks(String feed, String record, String reason) {
        metrics.published(feed, reason);
        LOG.atWarn()
                .addKeyValue("feed", feed)
                .addKeyValue("record", record.substring(0, Math.min(record.length(), 128)))
                .addKeyValue("reason", reason)
                .log("feed.record-lacking");
    }

    Optional<FeedPosition> find(String feed, String folder) {
        return Optional.ofNullable(positions.get(Position.key(feed, folder)));
    }

    /** What another instance, or we in an earlier life, have kept. */
    void learn(FeedPosition place) {
        positions.put(Position.key(place.getFeed(), place.getFolder()), place);
    }

    void forgetAll() {
        positions.clear();
    }

    @Override
    public void close() {
        producer.close();
    }
}
