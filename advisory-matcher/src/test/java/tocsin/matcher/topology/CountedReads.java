package tocsin.matcher.topology;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** How many single rows were asked for, and how many read one after the other: what looks into a store cost, on whatever machine. */
final class CountedReads {

    private int gets;
    private int rows;

    /** Of single rows, there or not. */
    int gets() {
        return gets;
    }

    int rows() {
        return rows;
    }

    /** The same store, counted. */
    @SuppressWarnings("unchecked") // It is the same store.
    KeyValueStore<Bytes, byte[]> of(KeyValueStore<Bytes, byte[]> store) {
        return (KeyValueStore<Bytes, byte[]>) Proxy.newProxyInstance(
                KeyValueStore.class.getClassLoader(), new Class<?>[] {KeyValueStore.class}, (_, method, arguments) -> {
                    if (method.getName().equals("get")) {
                        gets++;
                    }
                    try {
                        Object answer = method.invoke(store, arguments);
                        return answer instanceof KeyValueIterator<?, ?> read
                                ? new Counted((KeyValueIterator<Bytes, byte[]>) read)
                                : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private final class Counted implements KeyValueIterator<Bytes, byte[]> {

        private final KeyValueIterator<Bytes, byte[]> read;

        Counted(KeyValueIterator<Bytes, byte[]> read) {
            this.read = read;
        }

        @Override
        public boolean hasNext() {
            return read.hasNext();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            rows++;
            return read.next();
        }

        @Override
        public Bytes peekNextKey() {
            return read.peekNextKey();
        }

        @Override
        public void close() {
            read.close();
        }
    }
}
