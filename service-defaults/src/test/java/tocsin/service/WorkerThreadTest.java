package tocsin.service;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WorkerThreadTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void saysWhyItIsDeadWhenItsWorkThrew() {
        // Given
        try (WorkerThread worker = new WorkerThread("work", () -> {
            throw new StackOverflowError("on purpose");
        })) {
            Optional<String> before = worker.whyDead();

            // When
            worker.start();

            // Then
            assertEquals(Optional.empty(), before);
            await().dontCatchUncaughtExceptions()
                    .atMost(LIMIT)
                    .until(() -> worker.whyDead().equals(Optional.of("the thread work died")));
        }
    }

    @Test
    void isNotDeadWhenItsWorkIsDone() throws InterruptedException {
        // Given
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        try (WorkerThread worker = new WorkerThread("work", () -> {
            thread.set(Thread.currentThread());
            done.countDown();
        })) {

            // When
            worker.start();
            done.await();
            thread.get().join();

            // Then
            assertEquals(Optional.empty(), worker.whyDead());
        }
    }

    @Test
    void endsAPauseWhenItIsClosed() {
        // Given
        AtomicReference<Boolean> stopped = new AtomicReference<>();
        AtomicReference<WorkerThread> self = new AtomicReference<>();
        WorkerThread worker =
                new WorkerThread("work", () -> stopped.set(self.get().pause(Duration.ofDays(1))));
        self.set(worker);
        worker.start();

        // When
        worker.close();

        // Then
        assertEquals(true, stopped.get());
        assertEquals(Optional.empty(), worker.whyDead());
    }

    @Test
    void takesACloseBeforeTheStart() {
        new WorkerThread("work", () -> {}).close();
    }
}
