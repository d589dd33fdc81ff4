package tocsin.matcher.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.AffectedVersions;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryScan;

/** The first door once more: the rest of a scan has come round. */
final class ScanProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final MatchSettings settings;
    private final MessageReader<AdvisoryScan> messages = MessageReader.of(AdvisoryScan.class);
    private int partition;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private MatchPublisher publisher;

    ScanProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        partition = context.taskId().partition();
        publisher = new MatchPublisher(context, settings, MatchTopology.downloadsOf(context));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        AdvisoryScan rest;
        try {
            rest = messages.read(record.value());
            AdvisoryAccepted advisory = rest.getAdvisory();
            AdvisoryRepository.packageOf(advisory);
            AffectedVersions.of(advisory);
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            publisher.quarantine(record, String.valueOf(e.getMessage()));
            return;
        }
        if (rest.getPartition() != partition) {
            publisher.quarantine(record, "is for partition " + rest.getPartition());
            return;
        }
        publisher.scanSlice(record, rest.getAdvisory(), rest.getAfterAudience(), rest.getStartedAt());
    }
}
