package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.service.tracing.TraceParent;

/**
 * The first door: an advisory is stored, for the downloads that come later, and then scans those that are stored. An older revision
 * than the stored one, which comes again after a crash upstream, is neither stored nor scanned: its matches may not have gone out, but what
 * stands is the newer one, and that is scanned for itself.
 */
final class AdvisoryProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(1);

    private final MatchSettings settings;
    private final MessageReader<AdvisoryAccepted> messages = MessageReader.of(AdvisoryAccepted.class);

    /** Offsets by partition of {@code advisory.accepted} that were not told yet. */
    private final Map<Integer, Long> reached = new HashMap<>();

    private int ownPartition;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private AdvisoryRepository advisories;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private MatchPublisher publisher;

    AdvisoryProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        ownPartition = context.taskId().partition();
        advisories = MatchTopology.advisoriesOf(context, settings);
        publisher = new MatchPublisher(context, settings, MatchTopology.downloadsOf(context, settings), advisories);
        context.schedule(BETWEEN_WORDS, PunctuationType.WALL_CLOCK_TIME, _ -> tellReached());
    }

    /** Now and then, since nearly every advisory concerns nobody and should cost next to nothing. */
    private void tellReached() {
        reached.forEach(
                (partition, offset) -> publisher.status().tellReached(ownPartition, new AcceptedAt(partition, offset)));
        reached.clear();
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantine(record, () -> checked(messages.read(record.value())))
                .ifPresent(advisory -> settings.tracing()
                        .runQuietly(
                                MatchPublisher.STEP,
                                TraceParent.in(record.headers()),
                                () -> storeAndScan(record, advisory)));
        acceptedAt(record).ifPresent(at -> reached.put(at.partition(), at.offset()));
    }

    private void storeAndScan(Record<byte[], byte[]> record, AdvisoryAccepted advisory) {
        if (advisories.put(advisory, record.value())) {
            publisher.scanFirstSlice(record, advisory, settings.clock().instant());
        } else {
            publisher.countReplaced();
        }
    }

    private static Optional<AcceptedAt> acceptedAt(Record<byte[], byte[]> record) {
        return Optional.ofNullable(record.headers().lastHeader(AcceptedAt.HEADER))
                .map(Header::value)
                .flatMap(text -> AcceptedAt.parse(new String(text, UTF_8)));
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
