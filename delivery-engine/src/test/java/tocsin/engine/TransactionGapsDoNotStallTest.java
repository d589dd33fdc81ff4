package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class TransactionGapsDoNotStallTest {

    @Test
    void commitsPastMarkersAndAbortedRecordsToTheVeryEnd() {
        try (var fixture = EngineFixture.with(1, Duration.ofMillis(50));
                var producer =
                        fixture.clients().transactionalProducer(fixture.config().groupId() + ".writer")) {
            // Given
            producer.initTransactions();
            var expected = new ArrayList<String>();
            for (int transaction = 0; transaction < 6; transaction++) {
                boolean commits = transaction % 2 == 0;
                producer.beginTransaction();
                for (int n = 0; n < 5; n++) {
                    String body = transaction + "." + n;
                    var _ = producer.send(new ProducerRecord<>(
                            fixture.config().sourceTopic(), "key".getBytes(UTF_8), body.getBytes(UTF_8)));
                    if (commits) {
                        expected.add(body);
                    }
                }
                if (commits) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
            var handler = ScriptedHandler.done();
            // When
            fixture.start(handler);
            // Then
            fixture.awaitAllCommitted();
            assertEquals(6 * (5 + 1), fixture.committed());
            assertEquals(expected, sorted(handler.bodies().stream()));
        }
    }

    private static List<String> sorted(Stream<String> bodies) {
        return bodies.sorted().toList();
    }
}
