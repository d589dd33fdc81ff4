package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupedWritesTest {

    private final List<List<String>> groups = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch go = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final GroupedWrites<String> writes = new GroupedWrites<>(
            10,
            1,
            group -> {
                groups.add(List.copyOf(group));
                if (group.contains("slow")) {
                    within(go);
                }
                if (group.contains("bad")) {
                    throw new IllegalArgumentException("bad");
                }
                if (group.contains("down")) {
                    throw new IllegalStateException("down");
                }
            },
            IllegalStateException.class::isInstance);

    @AfterEach
    void close() {
        threads.close();
    }

    private static boolean within(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Future<?> writing(String item) {
        return threads.submit(() -> {
            writes.write(item);
            return item;
        });
    }

    /** One is under way, and the others wait for it. */
    private List<Future<?>> behindASlowOne(String... items) {
        List<Future<?>> all = new ArrayList<>(List.of(writing("slow")));
        Awaitility.await().until(() -> groups.size() == 1);
        for (String item : items) {
            all.add(writing(item));
        }
        Awaitility.await().until(() -> writes.waiting() == items.length);
        return all;
    }

    @Test
    void writesAtOnceWhatComesAlone() throws InterruptedException {
        // When
        writes.write("a");
        writes.write("b");

        // Then
        assertEquals(List.of(List.of("a"), List.of("b")), groups);
    }

    @Test
    void writesTogetherWhatCameWhileAnotherWasWritten() throws ExecutionException, InterruptedException {
        // Given
        String[] items = IntStream.range(0, 15).mapToObj(Integer::toString).toArray(String[]::new);
        List<Future<?>> all = behindASlowOne(items);

        // When
        go.countDown();
        for (Future<?> one : all) {
            one.get();
        }

        // Then
        assertEquals(List.of(1, 10, 5), groups.stream().map(List::size).toList());
    }

    @Test
    void returnsToNobodyBeforeItIsWritten() {
        // When
        List<Future<?>> all = behindASlowOne("a");

        // Then
        assertTrue(all.stream().noneMatch(Future::isDone));
        go.countDown();
    }

    @Test
    void losesOnlyTheOneThatCannotBeWritten() throws ExecutionException, InterruptedException {
        // Given
        List<Future<?>> all = behindASlowOne("a", "bad", "c");

        // When
        go.countDown();

        // Then
        assertEquals("a", all.get(1).get());
        assertEquals("c", all.get(3).get());
        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> all.get(2).get());
        assertEquals("bad", Objects.requireNonNull(failure.getCause()).getMessage());
    }

    @Test
    void triesNoneAloneWhereNoneCanBeWritten() {
        // Given
        List<Future<?>> all = behindASlowOne("a", "down");

        // When
        go.countDown();

        // Then
        assertThrows(ExecutionException.class, () -> all.get(1).get());
        assertThrows(ExecutionException.class, () -> all.get(2).get());
        assertEquals(2, groups.size());
    }
}
