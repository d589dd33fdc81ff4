package tocsin.matcher.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.schemas.avro.AdvisoryScan;
import tocsin.service.tracing.TraceParent;

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
        publisher = new MatchPublisher(
                context,
                settings,
                MatchTopology.downloadsOf(context, settings),
                MatchTopology.advisoriesOf(context, settings));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantine(record, () -> checked(messages.read(record.value())))
                .ifPresent(rest -> settings.tracing()
                        .runQuietly(
                                MatchPublisher.STEP,
                                TraceParent.in(record.headers()),
                                () -> publisher.scanSlice(
                                        record,
                                        rest.getAdvisory(),
                                        rest.getAfterAudience(),
                                        rest.getStartedAt(),
                                        rest.getAudiences())));
    }

    private AdvisoryScan checked(AdvisoryScan rest) {
        AdvisoryProcessor.checked(rest.getAdvisory());
        if (rest.getPartition() != partition) {
            throw new IllegalArgumentException("is for partition " + rest.getPartition());
        }
        return rest;
    }
}
