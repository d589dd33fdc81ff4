package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tocsin.engine.Outcome.Done;

class TransactionGapsDoNotStallTest {

    private static final int TRANSACTIONS = 6;
    private static final int RECORDS = 5;
    /** In the topic: its records, and the marker behind them. */
    private static final int LENGTH = RECORDS + 1;

    private static final Duration WHILE = Duration.ofMillis(500);

    /** Each second transaction is aborted. @return the bodies of the others */
    private static List<String> write(EngineFixture fixture) {
        try (var producer =
                fixture.clients().transactionalProducer(fixture.config().groupId() + ".writer")) {
            producer.initTransactions();
            var committed = new ArrayList<String>();
            for (int transaction = 0; transaction < TRANSACTIONS; transaction++) {
                boolean commits = transaction % 2 == 0;
                producer.beginTransaction();
                for (int n = 0; n < RECORDS; n++) {
                    String body = transaction + "." + n;
                    var _ = producer.send(new ProducerRecord<>(
                            fixture.config().sourceTopic(), "key".getBytes(UTF_8), body.getBytes(UTF_8)));
                    if (commits) {
                        committed.add(body);
                    }
                }
                if (commits) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
            return committed;
        }
    }

    @Test
    void commitsPastMarkersAndAbortedRecordsToTheVeryEnd() {
        try (var fixture = EngineFixture.with(1, Duration.ofMillis(50))) {
            // Given
            List<String> expected = write(fixture);
            var handler = ScriptedHandler.done();
            // When
            fixture.start(handler);
            // Then
            fixture.awaitAllCommitted();
            assertEquals(TRANSACTIONS * LENGTH, fixture.committed());
            assertEquals(expected, sorted(handler.bodies().stream()));
        }
    }

    @Test
    void commitsUpToTheLastDoneRecordBehindGapsAndNoFurther() {
        try (var fixture = EngineFixture.with(1, Duration.ofMillis(50))) {
            // Given
            List<String> expected = write(fixture);
            var release = new CountDownLatch(1);
            var handler = new ScriptedHandler(delivery -> {
                if (ScriptedHandler.hasBody(delivery, expected.getLast())) {
                    release.await();
                }
                return new Done();
            });
            long offsetOfLast = (TRANSACTIONS - 2) * LENGTH + RECORDS - 1;
            // When
            fixture.start(handler);
            // Then
            await().atMost(EngineFixture.PATIENCE).until(() -> fixture.committed() == offsetOfLast);
            await().during(WHILE).until(() -> fixture.committed() == offsetOfLast);
            release.countDown();
            fixture.awaitAllCommitted();
        }
    }

    private static List<String> sorted(Stream<String> bodies) {
        return bodies.sorted().toList();
    }
}
