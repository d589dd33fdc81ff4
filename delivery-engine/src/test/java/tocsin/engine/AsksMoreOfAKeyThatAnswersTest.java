package tocsin.engine;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;

class AsksMoreOfAKeyThatAnswersTest {

    private static final int RECORDS = 60;
    private static final int ANSWERS = 20;

    private final EngineFixture fixture = EngineFixture.with(1, Duration.ofHours(1));
    private final Semaphore answers = new Semaphore(0);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();

    @AfterEach
    void close() {
        answers.release(RECORDS);
        fixture.close();
    }

    @Test
    void oneMoreAtATimeForEachThatIsDone() {
        runsAfterEachAnswer(new Done(), n -> Math.min(4 + n, 16));
    }

    @Test
    void noMoreWhereEachHasToBeMadeAgain() {
        runsAfterEachAnswer(new RetryLater("not now"), _ -> 4);
    }

    private void runsAfterEachAnswer(Outcome answer, IntUnaryOperator expected) {
        // Given
        fixture.start(new ScriptedHandler(_ -> {
            running.incrementAndGet();
            answers.acquire();
            running.decrementAndGet();
            answered.incrementAndGet();
            return answer;
        }));
        for (int n = 0; n < RECORDS; n++) {
            fixture.send("key", "body " + n);
        }
        fixture.flush();

        // When, then
        for (int n = 0; n <= ANSWERS; n++) {
            int given = n;
            await().atMost(EngineFixture.PATIENCE)
                    .until(() -> answered.get() == given && running.get() == expected.applyAsInt(given));
            answers.release();
        }
    }
}
