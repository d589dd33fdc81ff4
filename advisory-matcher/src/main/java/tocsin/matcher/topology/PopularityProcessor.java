package tocsin.matcher.topology;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keeps what the match tasks tell of their packages, on every instance. Streams reads the topic to its end before anything else runs. */
final class PopularityProcessor implements Processor<byte[], byte[], Void, Void> {

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private KeyValueStore<Bytes, byte[]> popularity;

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        popularity = context.getStateStore(MatchTopology.POPULARITY);
    }

    /** As it is, like what Streams itself restores: whoever reads it looks whether it is anything. */
    @Override
    public void process(Record<byte[], byte[]> record) {
        if (record.key() != null) {
            popularity.put(Bytes.wrap(record.key()), record.value());
        }
    }
}
