package tocsin.local.shiplog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.OutgoingRecord;
import tocsin.local.running.RecordPlace;
import tocsin.local.running.RecordProducer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;

/** Sends requests in their order, many at a time. */
final class ObservedProducer implements RequestSink, AutoCloseable {

    private final MessageCodec<DownloadObserved> codec = MessageCodec.of(DownloadObserved.class);
    private final String topic;
    private final RecordProducer producer;

    ObservedProducer(BrokerAddress broker) {
        this.topic = broker.nameOf(Topics.DOWNLOAD_OBSERVED);
        this.producer = new RecordProducer(broker);
    }

    @Override
    public boolean take(List<DownloadObserved> requests) {
        List<CompletableFuture<RecordPlace>> places = new ArrayList<>(requests.size());
        for (DownloadObserved request : requests) {
            String id = request.getEventId().orElse("");
            // By its id and not by the source: one busy proxy spreads over all partitions.
            CompletableFuture<RecordPlace> place = producer.send(
                    OutgoingRecord.of(topic, id, codec.encode(request)).with(MessageHeaders.MESSAGE_ID, id));
            places.add(place);
            if (place.isCompletedExceptionally()) {
                // With the broker away each further one would wait as long again.
                break;
            }
        }
        producer.flush();
        try {
            CompletableFuture.allOf(places.toArray(CompletableFuture[]::new)).join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
