package tocsin.matcher.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.ErasureSweep;
import tocsin.schemas.avro.PrivacyErasure;

/** Passes erasures on to the sink that gives each to every partition: anybody's downloads lie in many. */
final class ErasureMulticastProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final MatchSettings settings;
    private final MessageReader<PrivacyErasure> messages = MessageReader.of(PrivacyErasure.class);
    private final MessageCodec<ErasureSweep> codec = MessageCodec.of(ErasureSweep.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    ErasureMulticastProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_ERASURE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantineUnseen(record, () -> first(messages.read(record.value())))
                .ifPresent(first -> publisher.send(
                        MatchTopology.SWEEPS_OF_ALL, record, first.key(), codec.encode(first.sweep()), first.id()));
    }

    private static First first(PrivacyErasure erasure) {
        return new First(
                RecordKeys.privacyErasure(ErasureSubject.of(erasure)),
                erasure.getErasureId(),
                ErasureSweep.newBuilder().setErasure(erasure).build());
    }

    private record First(String key, String id, ErasureSweep sweep) {}
}
