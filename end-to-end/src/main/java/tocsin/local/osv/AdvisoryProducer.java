package tocsin.local.osv;

import java.util.concurrent.CompletableFuture;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.OutgoingRecord;
import tocsin.local.running.RecordPlace;
import tocsin.local.running.RecordProducer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;

/** Publishes advisories through Kafka, as a feed does. Safe for use by many threads. */
public final class AdvisoryProducer implements AutoCloseable {

    private final MessageCodec<AdvisoryPublished> codec = MessageCodec.of(AdvisoryPublished.class);
    private final String topic;
    private final RecordProducer producer;

    public AdvisoryProducer(BrokerAddress broker) {
        this.topic = broker.nameOf(Topics.ADVISORY_PUBLISHED);
        this.producer = new RecordProducer(broker);
    }

    /** Blocks while too many are on their way. */
    public CompletableFuture<RecordPlace> publish(FeedName feed, OsvRecord.Sendable advisory) {
        return producer.send(outgoing(feed, advisory));
    }

    /** As {@link #publish}, when the broker has it. @throws tocsin.local.running.Complaint if it does not take it */
    public RecordPlace publishNow(FeedName feed, OsvRecord.Sendable advisory) {
        return producer.sendNow(outgoing(feed, advisory));
    }

    /** Returns when each that was published is acknowledged or has failed. */
    public void flush() {
        producer.flush();
    }

    private OutgoingRecord outgoing(FeedName feed, OsvRecord.Sendable advisory) {
        AdvisoryPublished message = AdvisoryPublished.newBuilder()
                .setFeed(feed.text())
                .setOsv(advisory.json())
                .build();
        return OutgoingRecord.of(topic, advisory.id(), codec.encode(message));
    }

    @Override
    public void close() {
        producer.close();
    }
}
