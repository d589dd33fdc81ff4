package tocsin.service.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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

class GroupedWorkTest {

    private final List<List<String>> groups = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch go = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final GroupedWork<String, String> work = gathering(Duration.ZERO);

    private GroupedWork<String, String> gathering(Duration gathering) {
        return new GroupedWork<>("test", 10, gathering, GroupedWorkTest::isDown, group -> {
            groups.add(List.copyOf(group));
            if (group.contains("slow")) {
                within(go);
            }
            if (group.contains("bad")) {
                throw new IllegalArgumentException("bad");
            }
            if (group.contains("broken")) {
                throw new LinkageError("broken");
            }
            if (group.contains("down")) {
                throw new IllegalStateException("down");
            }
            return group.stream().map(item -> "did " + item).toList();
        });
    }

    private static boolean isDown(RuntimeException e) {
        return "down".equals(e.getMessage());
    }

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

    private Future<String> calling(GroupedWork<String, String> work, String item) {
        return threads.submit(() -> work.call(item));
    }

    private List<Future<String>> behindASlowOne(String... items) {
        return behindASlowOne(work, items);
    }

    /** One is under way, and the others wait for it. */
    private List<Future<String>> behindASlowOne(GroupedWork<String, String> work, String... items) {
        List<Future<String>> all = new ArrayList<>(List.of(calling(work, "slow")));
        Awaitility.await().until(() -> groups.size() == 1);
        for (String item : items) {
            all.add(calling(work, item));
        }
        Awaitility.await().until(() -> work.waiting() == items.length);
        return all;
    }

    @Test
    void doesAtOnceWhatComesAlone() throws InterruptedException {
        // When
        work.call("a");
        work.call("b");

        // Then
        assertEquals(List.of(List.of("a"), List.of("b")), groups);
    }

    @Test
    void doesTogetherWhatCameWhileAnotherWasDone() throws ExecutionException, InterruptedException {
        // Given
        String[] items = IntStream.range(0, 15).mapToObj(Integer::toString).toArray(String[]::new);
        List<Future<String>> all = behindASlowOne(items);

        // When
        go.countDown();
        List<String> answers = new ArrayList<>();
        for (Future<String> one : all) {
            answers.add(one.get());
        }

        // Then
        assertEquals(List.of(1, 10, 5), groups.stream().map(List::size).toList());
        assertEquals("did slow", answers.getFirst());
        assertEquals(Arrays.stream(items).map(item -> "did " + item).toList(), answers.subList(1, answers.size()));
    }

    @Test
    void gathersWhatComesSoonAfterAGroupUntilThereIsAGroupOfIt() throws Exception {
        // Given
        GroupedWork<String, String> gathering = gathering(Duration.ofDays(1));
        gathering.call("alone");

        // When
        List<Future<String>> all = IntStream.range(0, 10)
                .mapToObj(i -> calling(gathering, Integer.toString(i)))
                .toList();

        // Then
        for (Future<String> one : all) {
            one.get(30, TimeUnit.SECONDS);
        }
        assertEquals(List.of(1, 10), groups.stream().map(List::size).toList());
    }

    @Test
    void gathersNoLongerThanItMay() throws Exception {
        // Given
        GroupedWork<String, String> gathering = gathering(Duration.ofMillis(20));
        gathering.call("alone");

        // When
        Future<String> soon = calling(gathering, "soon");

        // Then
        assertEquals("did soon", soon.get(30, TimeUnit.SECONDS));
        assertEquals(List.of(List.of("alone"), List.of("soon")), groups);
    }

    @Test
    void returnsToNobodyBeforeItIsDone() {
        // When
        List<Future<String>> all = behindASlowOne("a");

        // Then
        assertTrue(all.stream().noneMatch(Future::isDone));
        go.countDown();
    }

    @Test
    void losesOnlyTheOneThatCannotBeDone() throws ExecutionException, InterruptedException {
        // Given
        List<Future<String>> all = behindASlowOne("a", "bad", "c");

        // When
        go.countDown();

        // Then
        assertEquals("did a", all.get(1).get());
        assertEquals("did c", all.get(3).get());
        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> all.get(2).get());
        assertEquals("bad", Objects.requireNonNull(failure.getCause()).getMessage());
    }

    @Test
    void triesNoneAloneWhereNoneCanBeDone() {
        // Given
        List<Future<String>> all = behindASlowOne("a", "down");

        // When
        go.countDown();

        // Then
        assertThrows(ExecutionException.class, () -> all.get(1).get());
        assertThrows(ExecutionException.class, () -> all.get(2).get());
        assertEquals(2, groups.size());
    }

    @Test
    void letsNobodyWaitForAWorkerThatDied() throws Exception {
        // Given
        List<Future<String>> all = behindASlowOne();
        for (String item : List.of("bad", "a", "broken", "b")) {
            all.add(calling(work, item));
            Awaitility.await().until(() -> work.waiting() == all.size() - 1);
        }

        // When
        go.countDown();

        // Then
        assertEquals("did a", all.get(2).get(30, TimeUnit.SECONDS));
        for (int i : List.of(3, 4)) {
            assertThrows(ExecutionException.class, () -> all.get(i).get(30, TimeUnit.SECONDS));
        }
        assertEquals("did next", calling(work, "next").get(30, TimeUnit.SECONDS));
    }
}
