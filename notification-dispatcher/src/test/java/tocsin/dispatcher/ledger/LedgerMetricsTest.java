package tocsin.dispatcher.ledger;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.Audience;
import tocsin.testsupport.MovableClock;

class LedgerMetricsTest {

    private static RunningDispatcher dispatcher;

    private final SimpleMeterRegistry shown = new SimpleMeterRegistry();
    private final MovableClock clock = MovableClock.at(Samples.PUBLISHED);
    private final String org = RunningDispatcher.newOrg();

    /** One whose ledger holds nothing but what these tests write. */
    @BeforeAll
    static void start() {
        dispatcher = RunningDispatcher.beside(Map.of());
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @Test
    void showsRowsByStateAndThatNoneIsMissing() {
        // Given
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
        remove("ledger");
        remove("notification");
    }

    @Test
    void countsRowsThatAreNotThereUntilTheyAre() {
        // Given
        LedgerMetrics counting = counting();
        ask("WH1", "WH2");
        double complete = unaccounted();

        // When
        remove("ledger");
        double lost = unaccounted();
        remove("notification");

        // Then
        assertEquals(List.of(0.0, 2.0, 0.0), List.of(complete, lost, unaccounted()), counting::toString);
    }

    @ParameterizedTest
    @CsvSource({"email, 1, 0", "WH1, 0, 1"})
    void countsWhatHasBeenPendingForMoreThanADayUntilItEnds(String destination, double mails, double webhooks) {
        // Given
        LedgerMetrics counting = counting();
        ask(destination);

        // When
        clock.advance(Duration.ofHours(23));
        List<Double> young = List.of(overdue("email"), overdue("webhook"));
        clock.advance(Duration.ofHours(2));
        List<Double> old = List.of(overdue("email"), overdue("webhook"));
        dispatcher.update("""
                update notification_dispatcher.ledger l set state = 'delivered' from notification_dispatcher.notification n
                where n.notification_id = l.notification_id and n.audience = ?
                """, "org:" + org);

        // Then
        assertEquals(List.of(0.0, 0.0), young, counting::toString);
        assertEquals(List.of(mails, webhooks), old);
        assertEquals(List.of(0.0, 0.0), List.of(overdue("email"), overdue("webhook")));
    }

    private LedgerMetrics counting() {
        clock.set(dispatcher.bean(Clock.class).instant());
        return new LedgerMetrics(dispatcher.bean(LedgerRepository.class), shown, clock);
    }

    private void ask(String... destinations) {
        dispatcher
                .bean(LedgerRepository.class)
                .add(
                        new Notification(
                                UUID.randomUUID(),
                                new Audience.Organisation(org),
                                Notification.Kind.BREACH,
                                "told",
                                Optional.empty(),
                                destinations.length),
                        List.of(destinations).stream()
                                .map(it -> LedgerRow.pending(it, "message"))
                                .toList());
    }

    private void remove(String table) {
        dispatcher.update(
                "delete from notification_dispatcher." + table
                        + " where notification_id = any (select notification_id from notification_dispatcher.notification where audience = ?)",
                "org:" + org);
    }

    private double unaccounted() {
        return shown("tocsin.ledger.unaccounted");
    }

    private double overdue(String channel) {
        return shown("tocsin.ledger.overdue", "channel", channel);
    }

    private double shown(String name, String... tags) {
        // What was counted is shown for some seconds.
        clock.advance(Duration.ofSeconds(11));
        return shown.get(name).tags(tags).gauge().value();
    }
}
