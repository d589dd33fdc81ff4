package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class RetryProducerTest {

    static final List<RuntimeException> FATAL = List.of(
            new KafkaException("in an error state", new ClusterAuthorizationException("no")),
            new OutOfOrderSequenceException("lost one"),
            new ProducerFencedException("another has come"),
            new IllegalStateException("closed"));

    static final List<RuntimeException> PASSING =
            List.of(new TimeoutException("away"), new TopicAuthorizationException("retry.1"));

    private final List<MockProducer<byte[], byte[]>> made = new ArrayList<>();
    private final RetryProducer producer = new RetryProducer(this::next, new StopSignal());

    @ParameterizedTest
    @FieldSource("FATAL")
    void makesAnotherAfterAnErrorThatItDoesNotSurvive(RuntimeException error) throws InterruptedException {
        // Given
        made.getFirst().sendException = error;
        // When
        boolean written = send();
        // Then
        assertTrue(written);
        assertTrue(made.getFirst().closed());
        assertEquals(2, made.size());
        assertEquals(1, made.getLast().history().size());
        assertFalse(producer.isFailing());
    }

    @ParameterizedTest
    @FieldSource("PASSING")
    void staysWithItsProducerAfterOthers(RuntimeException error) throws InterruptedException {
        made.getFirst().sendException = error;
        assertEquals(List.of(false, true), failingAtEachTry());
        assertEquals(1, made.size());
    }

    @Test
    void isNotFailingForARecordThatIsTooLarge() throws InterruptedException {
        made.getFirst().sendException = new RecordTooLargeException("too large");
        assertEquals(List.of(false, false), failingAtEachTry());
    }

    private List<Boolean> failingAtEachTry() throws InterruptedException {
        var failing = new ArrayList<Boolean>();
        var record = Samples.record(0);
        boolean written = producer.send("retry.1", record, record.progress(), () -> {
            failing.add(producer.isFailing());
            return failing.size() == 2;
        });
        assertFalse(written);
        return failing;
    }

    private Producer<byte[], byte[]> next() {
        var next = new MockProducer<byte[], byte[]>(
                true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
        made.add(next);
        return next;
    }

    private boolean send() throws InterruptedException {
        var record = Samples.record(0);
        var tries = new AtomicInteger();
        return producer.send("retry.1", record, record.progress(), () -> tries.incrementAndGet() > 3);
    }
}
