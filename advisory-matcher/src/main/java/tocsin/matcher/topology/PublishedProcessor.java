package tocsin.matcher.topology;

import java.time.Instant;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.schemas.avro.AdvisoryPublished;

/**
 * Keys published advisories by feed and id, so that all revisions of one meet in one partition however their producer partitioned.
 * What cannot be read is quarantined here already.
 */
final class PublishedProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    /** Its key and headers count: it travels on with all of them, and with some of ours. */
    private static final int MAX_BYTES = 768 * 1024;

    private final MatchSettings settings;
    private final MessageReader<AdvisoryPublished> messages = MessageReader.of(AdvisoryPublished.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    PublishedProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_PUBLISHED);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (RecordPublisher.length(record) > MAX_BYTES) {
            publisher.quarantine(record, "record has more than " + MAX_BYTES + " bytes");
            return;
        }
        publisher.orQuarantine(record, () -> read(record)).ifPresent(reading -> {
            switch (reading) {
                case PublishedAdvisory.Reading.Read(PublishedAdvisory advisory) ->
                    publisher.rekey(MatchTopology.BY_FEED_AND_ID, record, advisory.identity());
                case PublishedAdvisory.Reading.Unreadable(String reason) -> publisher.quarantine(record, reason);
            }
        });
    }

    private PublishedAdvisory.Reading read(Record<byte[], byte[]> record) {
        return PublishedAdvisory.read(messages.read(record.value()), Instant.ofEpochMilli(record.timestamp()));
    }
}
