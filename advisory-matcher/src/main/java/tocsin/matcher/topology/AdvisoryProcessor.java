package tocsin.matcher.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.AffectedVersions;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryAccepted;

/**
 * The first door: an advisory is stored, for the downloads that come later, and then scans those that are stored. An older revision
 * than the stored one is scanned too: it comes again because of a crash, and its matches may not have gone out.
 */
final class AdvisoryProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final MatchSettings settings;
    private final MessageReader<AdvisoryAccepted> messages = MessageReader.of(AdvisoryAccepted.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private AdvisoryRepository advisories;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private MatchPublisher publisher;

    AdvisoryProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        advisories = new AdvisoryRepository(context.getStateStore(MatchTopology.ADVISORIES));
        publisher = new MatchPublisher(context, settings, MatchTopology.downloadsOf(context));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        AdvisoryAccepted advisory;
        try {
            advisory = messages.read(record.value());
            AdvisoryRepository.packageOf(advisory);
            // What is stored is read again for each download: it must be sound before.
            AffectedVersions.of(advisory);
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            publisher.quarantine(record, String.valueOf(e.getMessage()));
            return;
        }
        advisories.put(advisory);
        publisher.scanSlice(record, advisory, "", settings.clock().instant());
    }
}
