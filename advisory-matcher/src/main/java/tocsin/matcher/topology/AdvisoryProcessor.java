package tocsin.matcher.topology;

import java.time.Duration;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.AdvisoryAccepted;

/**
 * The first door: an advisory is stored, for the downloads that come later, and then scans those that are stored. An older revision
 * than the stored one, which comes again after a crash upstream, is neither stored nor scanned: its matches may not have gone out, but what
 * stands is the newer one, and that is scanned for itself.
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
        advisories = MatchTopology.advisoriesOf(context, settings);
        publisher = new MatchPublisher(context, settings, MatchTopology.downloadsOf(context, settings), advisories);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantine(record, () -> checked(messages.read(record.value())))
                .ifPresent(advisory -> {
                    advisories.put(advisory);
                    publisher.scanSlice(record, advisory, "", settings.clock().instant());
                });
    }

    /**
     * What is stored is read again for each download: it must be sound before.
     *
     * @throws IllegalArgumentException if it is not
     */
    static AdvisoryAccepted checked(AdvisoryAccepted advisory) {
        AdvisoryRepository.packageOf(advisory);
        // Any grace will do: it decides about times only.
        new Matching(Duration.ZERO).evaluate(advisory);
        return advisory;
    }
}
