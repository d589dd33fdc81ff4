package tocsin.matcher.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.MatchIds;
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
        publisher
                .orQuarantine(record, () -> named(messages.read(record.value())))
                .ifPresent(named -> publisher.send(
                        MatchTopology.FANOUT_TO_ALL, record, named.packageText(), record.value(), named.messageId()));
    }

    private static Named named(AdvisoryAccepted advisory) {
        return new Named(
                AdvisoryRepository.packageOf(advisory).text(),
                MatchIds.ofAdvisory(advisory).toString());
    }

    private record Named(String packageText, String messageId) {}
}
