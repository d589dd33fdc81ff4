package tocsin.local.produce;

import tocsin.local.running.BrokerAddress;
import tocsin.local.running.OutgoingRecord;
import tocsin.local.running.RecordPlace;
import tocsin.local.running.RecordProducer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;

/** Tells through Kafka what was fetched, as a proxy does. Safe for use by many threads. */
public final class DownloadProducer implements AutoCloseable {

    private final MessageCodec<DownloadObserved> codec = MessageCodec.of(DownloadObserved.class);
    private final String topic;
    private final RecordProducer producer;

    public DownloadProducer(BrokerAddress broker) {
        this.topic = broker.nameOf(Topics.DOWNLOAD_OBSERVED);
        this.producer = new RecordProducer(broker);
    }

    /** Returns when the broker has it. @throws tocsin.local.running.Complaint if it does not take it */
    public RecordPlace observed(DownloadObserved download) {
        // Any key will do: the tracker gives every download the key that counts.
        OutgoingRecord outgoing = OutgoingRecord.of(topic, download.getSource(), codec.encode(download));
        return producer.sendNow(download.getEventId()
                .map(id -> outgoing.with(MessageHeaders.MESSAGE_ID, id))
                .orElse(outgoing));
    }

    @Override
    public void close() {
        producer.close();
    }
}
