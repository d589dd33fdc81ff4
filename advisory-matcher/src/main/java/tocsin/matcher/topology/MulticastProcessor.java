package tocsin.matcher.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.MatchIds;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryAccepted;

/**
 * Passes accepted advisories on to the sink that gives each to every partition. Since {@code advisory.accepted} is compacted and
 * read from its start, a matcher with empty state gets all of them again.
 */
final class MulticastProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final MatchSettings settings;
    private final MessageReader<AdvisoryAccepted> messages = MessageReader.of(AdvisoryAccepted.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    MulticastProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_ACCEPTED);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        try {
            AdvisoryAccepted advisory = messages.read(record.value());
            publisher.send(
                    MatchTopology.FANOUT_TO_ALL,
                    record,
                    AdvisoryRepository.packageOf(advisory).text(),
                    record.value(),
                    MatchIds.ofAdvisory(advisory).toString());
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            publisher.quarantine(record, String.valueOf(e.getMessage()));
        }
    }
}
