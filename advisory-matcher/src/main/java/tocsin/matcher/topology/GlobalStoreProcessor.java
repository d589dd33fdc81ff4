package tocsin.matcher.topology;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keeps a topic that all tasks tell to, on every instance. Streams reads the topic to its end before anything else runs. */
final class GlobalStoreProcessor implements Processor<byte[], byte[], Void, Void> {

    private final String name;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private KeyValueStore<Bytes, byte[]> store;

    /** @param name of the store */
    GlobalStoreProcessor(String name) {
        this.name = name;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        store = context.getStateStore(name);
    }

    /** As it is, like what Streams itself restores: whoever reads it looks whether it is anything. */
    @Override
    public void process(Record<byte[], byte[]> record) {
        if (record.key() != null) {
            store.put(Bytes.wrap(record.key()), record.value());
        }
    }
}
