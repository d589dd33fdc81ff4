package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.atomic.AtomicInteger;
import tocsin.testsupport.KafkaBroker;

/** A topic of a test's own on a broker, written to and counted. */
record Topic(KafkaBroker broker, String name) {

    private static final AtomicInteger NEXT = new AtomicInteger();

    static Topic on(KafkaBroker broker, int partitions) {
        String name = "topic-" + NEXT.incrementAndGet();
        broker.createTopic(name, partitions);
        return new Topic(broker, name);
    }

    void send(String key, String value) {
        broker.send(name, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
