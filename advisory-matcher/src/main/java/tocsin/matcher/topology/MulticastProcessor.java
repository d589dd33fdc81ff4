package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
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

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private StatusPublisher status;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private ProcessorContext<byte[], byte[]> context;

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_ACCEPTED);
        status = new StatusPublisher(publisher, settings.clock());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantine(record, () -> named(messages.read(record.value())))
                .ifPresent(named -> pass(record, named));
    }

    private void pass(Record<byte[], byte[]> record, Named named) {
        RecordMetadata from = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("only records that were read have a place"));
        AcceptedAt at = new AcceptedAt(from.partition(), from.offset());
        publisher.send(
                MatchTopology.FANOUT_TO_ALL,
                record,
                named.packageText(),
                record.value(),
                named.messageId(),
                new RecordHeader(AcceptedAt.HEADER, at.text().getBytes(UTF_8)));
        status.tellAccepted(named.advisory(), named.packageText(), named.messageId(), at);
    }

    private static Named named(AdvisoryAccepted advisory) {
        return new Named(
                advisory,
                AdvisoryRepository.packageOf(advisory).text(),
                MatchIds.ofAdvisory(advisory).toString());
    }

    private record Named(AdvisoryAccepted advisory, String packageText, String messageId) {}
}
