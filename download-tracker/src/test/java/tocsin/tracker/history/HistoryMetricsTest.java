package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tocsin.service.WorkerThread;

class HistoryMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final HistoryMetrics metrics = new HistoryMetrics(registry);

    @Test
    void showsAWorkerThatDied() {
        // Given
        try (WorkerThread worker = new WorkerThread("history-test", () -> {
            throw new IllegalStateException("a fault");
        })) {
            metrics.showWorker("test", () -> worker.whyDead().isEmpty());
            assertEquals(1, up());

            // When
            worker.start();

            // Then
            await().dontCatchUncaughtExceptions().atMost(Duration.ofSeconds(30)).until(() -> up() == 0);
        }
    }

    private double up() {
        return registry.get("tocsin.history.worker.up")
                .tag("worker", "test")
                .gauge()
                .value();
    }
}
