package tocsin.sender.egress;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.sender.egress.DeadlineFactory.Deadline;

class DeadlineFactoryTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final DeadlineFactory deadlines = new DeadlineFactory();

    @AfterEach
    void close() {
        deadlines.close();
    }

    private static void awaitCancelled(Future<?> work) {
        assertThrows(CancellationException.class, () -> work.get(30, SECONDS));
    }

    @Test
    void endsWhatIsUnderWayAndNotBefore() {
        Future<?> work = new CompletableFuture<>();
        long begun = System.nanoTime();
        try (Deadline deadline = deadlines.begin(SHORT)) {
            deadline.ends(work);

            awaitCancelled(work);
            assertTrue(System.nanoTime() - begun >= SHORT.toNanos());
        }
    }

    @Test
    void endsTheLastThatCame() {
        Future<?> first = new CompletableFuture<>();
        Future<?> second = new CompletableFuture<>();
        try (Deadline deadline = deadlines.begin(SHORT)) {
            deadline.ends(first);
            deadline.ends(second);

            awaitCancelled(second);
            assertFalse(first.isDone());
        }
    }

    @Test
    void endsAtOnceWhatComesAfterIt() {
        Future<?> first = new CompletableFuture<>();
        Future<?> late = new CompletableFuture<>();
        try (Deadline deadline = deadlines.begin(SHORT)) {
            deadline.ends(first);
            awaitCancelled(first);

            deadline.ends(late);

            assertTrue(late.isCancelled());
        }
    }

    @Test
    void endsNothingOfWhatWasDoneBeforeIt() {
        // Given
        Future<?> work = new CompletableFuture<>();
        try (Deadline deadline = deadlines.begin(SHORT)) {
            deadline.ends(work);
        }

        // When a later one has come, of the same thread
        Future<?> later = new CompletableFuture<>();
        try (Deadline deadline = deadlines.begin(SHORT.multipliedBy(2))) {
            deadline.ends(later);
            awaitCancelled(later);
        }

        // Then
        assertFalse(work.isDone());
    }

    @Test
    void leavesNobodyWaitingWhenItIsClosed() {
        Future<?> work = new CompletableFuture<>();
        try (Deadline deadline = deadlines.begin(LONG)) {
            deadline.ends(work);

            assertFalse(deadline.isCutOff());

            deadlines.close();

            assertTrue(work.isCancelled());
            assertTrue(deadline.isCutOff());
        }
        assertThrows(RejectedExecutionException.class, () -> deadlines.begin(LONG));
    }
}
