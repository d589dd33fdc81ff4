package tocsin.dispatcher.ledger;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;

class LedgerMetricsTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @Test
    void showsRowsByStateAndThatNoneIsMissing() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withWebhook(org);
        dispatcher.match(
                Samples.matched("org:" + org, Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"))));
        dispatcher.awaitWebhooks(org, 1);

        // When
        String metrics = await().atMost(RunningDispatcher.SOON)
                .until(
                        () -> dispatcher.ok("GET", "/metrics", "", ""),
                        it -> it.lines()
                                .anyMatch(line -> line.startsWith("tocsin_ledger_rows{")
                                        && line.contains("state=\"pending\"")
                                        && !line.endsWith(" 0.0")
                                        && !line.endsWith("NaN")));

        // Then
        assertTrue(metrics.lines().anyMatch(it -> it.matches("tocsin_ledger_unaccounted(\\{.*\\})? 0\\.0")), metrics);
    }
}
