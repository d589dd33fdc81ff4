package tocsin.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;

class DeliversEachRecordAtLeastOnceTest {

    private static final Duration DELAY = Duration.ofMillis(200);

    private static final int STORM = Integer.getInteger("tocsin.test.storm-changes", 3);
    private static final int RECORDS_FOR_EACH_CHANGE = 500;

    private final EngineFixture fixture = EngineFixture.with(4, DELAY);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void thoughEnginesJoinAndLeave() {
        // Given
        int records = 3_000;
        var handler = deliveringSlowly();
        var limited = fixture.config().withLimits(new EngineConfig.Limits(500, 1 << 20, 12, 4, 200, 0.25));
        DeliveryEngine first = fixture.start(limited, handler);
        send(records);
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() > records / 10);
        // When
        var joined = new CountDownLatch(100);
        DeliveryEngine second = fixture.start(limited, handler.tellingOf(joined::countDown));
        await().atMost(EngineFixture.PATIENCE).until(() -> joined.getCount() == 0);
        first.close();
        int before = handler.attempts().size();
        // Then
        fixture.awaitAllCommitted();
        assertTrue(before < records, "they had done all before one closed");
        assertEquals(Set.of(), missing(records, succeeded(handler)));
        assertEquals(List.of(), handler.repeated());
        assertTrue(second.isHealthy());
    }

    /** {@code -Dtocsin.test.storm-changes=30} is the long form: a minute, and more than a minute's work. */
    @Test
    void thoughEnginesComeAndGoAllTheWhile() {
        // Given
        var handler = deliveringSlowly();
        var limited = fixture.config().withLimits(new EngineConfig.Limits(100, 1 << 20, 12, 4, 200, 0.25));
        DeliveryEngine lasting = fixture.start(limited, handler);
        Map<TopicPartition, Long> furthest = new HashMap<>();
        int sent = 0;
        // When
        for (int change = 0; change < STORM; change++) {
            send(sent, sent + RECORDS_FOR_EACH_CHANGE);
            sent += RECORDS_FOR_EACH_CHANGE;
            DeliveryEngine passing = fixture.start(limited, handler);
            long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            await().until(() -> System.nanoTime() >= until);
            passing.close();
            fixture.allCommitted().forEach((partition, offset) -> {
                Long before = furthest.put(partition, offset);
                assertTrue(before == null || before <= offset, partition + " went back from " + before);
            });
        }
        int all = sent;
        // Then
        fixture.awaitAllCommitted();
        assertEquals(Set.of(), missing(all, succeeded(handler)));
        assertEquals(List.of(), handler.repeated());
        assertTrue(lasting.isHealthy());
    }

    @Test
    void thoughAProcessIsKilledInTheMidst(@TempDir Path directory) throws IOException {
        // Given
        int records = 1_000;
        Path book = directory.resolve("told");
        Process doomed = process(book);
        try {
            send(records);
            await().atMost(EngineFixture.PATIENCE).until(() -> linesOf(book).size() > records / 5);
            // When
            doomed.destroyForcibly();
        } finally {
            doomed.destroyForcibly();
        }
        await().atMost(EngineFixture.PATIENCE).until(() -> !doomed.isAlive());
        List<String> told = linesOf(book);
        assertTrue(told.size() < records, "it had done all before it was killed");
        var handler = deliveringSlowly();
        fixture.start(handler);
        // Then
        fixture.awaitAllCommitted();
        var delivered = new ArrayList<>(succeeded(handler));
        delivered.addAll(told);
        assertEquals(Set.of(), missing(records, delivered));
    }

    private static ScriptedHandler deliveringSlowly() {
        return new ScriptedHandler(delivery -> {
            TimeUnit.MILLISECONDS.sleep(delivery.offset() % 20);
            return EngineMain.failsFirst(delivery) ? new RetryLater("answered 503") : new Done();
        });
    }

    private void send(int records) {
        send(0, records);
    }

    private void send(int from, int to) {
        for (int n = from; n < to; n++) {
            fixture.send("key " + n % 50, "body " + n);
        }
        fixture.flush();
    }

    private static List<String> succeeded(ScriptedHandler handler) {
        return handler.attempts().stream()
                .filter(it -> !EngineMain.failsFirst(it.delivery()))
                .map(ScriptedHandler.Attempt::body)
                .toList();
    }

    private static Set<String> missing(int records, Collection<String> delivered) {
        Set<String> missing =
                IntStream.range(0, records).mapToObj(n -> "body " + n).collect(Collectors.toCollection(TreeSet::new));
        missing.removeAll(Set.copyOf(delivered));
        return missing;
    }

    private Process process(Path book) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineMain.class.getName(),
                        fixture.broker().bootstrapServers(),
                        fixture.config().groupId(),
                        DELAY.toString())
                .redirectOutput(book.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Whole lines only: death may come in the middle of one. */
    private static List<String> linesOf(Path book) throws IOException {
        String text = Files.readString(book);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
}
