package tocsin.matcher.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.schemas.PackageKey;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;

/**
 * Brings what is said of held advisories to the task that takes them in: decisions, and the holds themselves, which are how a matcher with empty
 * state comes to know again what was held and what became of it.
 */
final class HeldProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final MatchSettings settings;
    private final MessageReader<AdvisoryDecision> decisions = MessageReader.of(AdvisoryDecision.class);
    private final MessageReader<AdvisoryHeld> holds = MessageReader.of(AdvisoryHeld.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    HeldProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_HELD);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantine(record, () -> identity(record))
                .ifPresent(identity -> publisher.rekey(MatchTopology.BY_FEED_AND_ID, record, identity));
    }

    private String identity(Record<byte[], byte[]> record) {
        if (publisher.originTopic(record).equals(settings.name(Topics.ADVISORY_DECISION))) {
            AdvisoryDecision decision = decisions.read(record.value());
            PackageKey.parse(decision.getEcosystem() + ":" + decision.getPackageName());
            return PublishedAdvisory.identity(decision.getFeed(), decision.getAdvisoryId());
        }
        AdvisoryAccepted held =
                AdvisoryProcessor.checked(holds.read(record.value()).getAdvisory());
        return PublishedAdvisory.identity(held.getFeed(), held.getAdvisoryId());
    }
}
