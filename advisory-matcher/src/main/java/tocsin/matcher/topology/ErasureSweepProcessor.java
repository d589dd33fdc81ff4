package tocsin.matcher.topology;

import io.micrometer.core.instrument.Counter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.ErasureSweep;
import tocsin.schemas.avro.PrivacyErasure;

/** An erasure is remembered, which hides the subject from there on, and then goes through the stored downloads of the partition, slice by slice. */
final class ErasureSweepProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(ErasureSweepProcessor.class);

    private final MatchSettings settings;
    private final MessageReader<ErasureSweep> messages = MessageReader.of(ErasureSweep.class);
    private final MessageCodec<ErasureSweep> codec = MessageCodec.of(ErasureSweep.class);
    private int partition;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private ErasureRepository erasures;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private DownloadSweepRepository sweep;

    ErasureSweepProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        partition = context.taskId().partition();
        publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_IN_MATCH);
        erasures = MatchTopology.erasuresOf(context, settings);
        sweep = new DownloadSweepRepository(
                context.getStateStore(MatchTopology.DOWNLOADS), settings.sliceBudget(), settings.nanoTime());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantineUnseen(record, () -> checked(messages.read(record.value())))
                .ifPresent(it -> sweep(record, it));
    }

    private Checked checked(ErasureSweep message) {
        ErasureSubject subject = ErasureSubject.of(message.getErasure());
        if (message.getPartition().filter(its -> its != partition).isPresent()) {
            throw new IllegalArgumentException("is for another partition");
        }
        List<Bytes> found =
                message.getFound().stream().map(ErasureSweepProcessor::bytes).toList();
        DownloadSweepRepository.check(subject, found);
        return new Checked(subject, found, message.getAfterRow().map(ErasureSweepProcessor::bytes), message);
    }

    private record Checked(ErasureSubject subject, List<Bytes> found, Optional<Bytes> after, ErasureSweep message) {}

    private void sweep(Record<byte[], byte[]> record, Checked checked) {
        PrivacyErasure erasure = checked.message().getErasure();
        erasures.remember(checked.subject(), erasure.getRequestedAt());
        sweep.erase(checked.subject(), checked.found());
        Counter.builder("tocsin.matcher.erased.rows")
                .description("rows that erasures took out of the stores")
                .register(settings.registry())
                .increment(checked.found().size());
        if (!checked.message().getDone()) {
            DownloadSweepRepository.Slice slice =
                    sweep.find(checked.subject(), erasure.getRequestedAt(), checked.after());
            if (!slice.done() || !slice.found().isEmpty()) {
                goOn(record, erasure, slice);
                return;
            }
        }
        LOG.atInfo()
                .addKeyValue("erasureId", erasure.getErasureId())
                .addKeyValue("partition", partition)
                .log("erasure.applied");
    }

    private void goOn(Record<byte[], byte[]> record, PrivacyErasure erasure, DownloadSweepRepository.Slice slice) {
        ErasureSweep rest = ErasureSweep.newBuilder()
                .setErasure(erasure)
                .setPartition(partition)
                .setAfterRow(slice.last().map(row -> ByteBuffer.wrap(row.get())).orElse(null))
                .setFound(slice.found().stream()
                        .map(row -> ByteBuffer.wrap(row.get()))
                        .toList())
                .setDone(slice.done())
                .build();
        publisher.sendRest(MatchTopology.REST_OF_SWEEP, record, codec.encode(rest));
    }

    private static Bytes bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return Bytes.wrap(bytes);
    }
}
