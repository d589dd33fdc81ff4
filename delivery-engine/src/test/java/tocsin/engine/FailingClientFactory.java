package tocsin.engine;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/** Real clients that pass failpoints: the engine itself knows of none. */
final class FailingClientFactory implements KafkaClientFactory {

    private final KafkaClientFactory clients;
    private final Failpoint failpoint;

    FailingClientFactory(KafkaClientFactory clients, Failpoint failpoint) {
        this.clients = clients;
        this.failpoint = failpoint;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> consumer(String groupId, String clientId) {
        Consumer<byte[], byte[]> real = clients.consumer(groupId, clientId);
        return (Consumer<byte[], byte[]>) proxy(Consumer.class, (_, method, arguments) -> {
            if (method.getName().equals("subscribe") && arguments.length == 2) {
                real.subscribe((Collection<String>) arguments[0], stopping((ConsumerRebalanceListener) arguments[1]));
                return null;
            }
            Object answer = invoke(() -> method.invoke(real, arguments));
            if (answer instanceof ConsumerRecords<?, ?> records && !records.isEmpty()) {
                failpoint.pass(Failpoint.AFTER_POLL);
            }
            return answer;
        });
    }

    private ConsumerRebalanceListener stopping(ConsumerRebalanceListener real) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                real.onPartitionsAssigned(partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                if (!partitions.isEmpty()) {
                    failpoint.pass(Failpoint.IN_REVOKE);
                }
                real.onPartitionsRevoked(partitions);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                real.onPartitionsLost(partitions);
            }
        };
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> producer(String clientId) {
        Producer<byte[], byte[]> real = clients.producer(clientId);
        return (Producer<byte[], byte[]>) proxy(Producer.class, (_, method, arguments) -> {
            Object answer = invoke(() -> method.invoke(real, arguments));
            return answer instanceof Future<?> sent ? acknowledged(sent) : answer;
        });
    }

    /** Stops who waits for it once the broker has it. */
    private Future<?> acknowledged(Future<?> sent) {
        var passing = new FutureTask<Object>(() -> {
            Object metadata = sent.get();
            failpoint.pass(Failpoint.AFTER_PRODUCE);
            return metadata;
        });
        passing.run();
        return passing;
    }

    private interface Call {
        Object make() throws IllegalAccessException, InvocationTargetException;
    }

    private static Object invoke(Call call) throws Throwable {
        try {
            return call.make();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }
}
