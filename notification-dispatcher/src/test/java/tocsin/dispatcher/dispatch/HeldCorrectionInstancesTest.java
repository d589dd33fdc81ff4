package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;

/** A correction that waited goes once, and goes on its way for good, whichever instances look at it at the same time. */
class HeldCorrectionInstancesTest {

    private final RunningDispatcher dispatcher = OneIncident.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final OneIncident incident = new OneIncident(org);

    /** As instances do that share a database. */
    @Test
    void goesOnceAlthoughSeveralLetItGo() throws Exception {
        // Given a correction that need not wait any more, which nobody can decide on yet
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();
        CorrectionProcessor processor = dispatcher.bean(CorrectionProcessor.class);
        SqlClient sql = dispatcher.bean(SqlClient.class);

        // When
        try (ExecutorService instances = Executors.newFixedThreadPool(2)) {
            List<Future<Boolean>> looks = new ArrayList<>();
            sql.inTransaction(() -> {
                dispatcher.bean(IncidentRepository.class).lock(new Audience.Organisation(org));
                incident.settle(0, DeliveryOutcome.DELIVERED);
                await().atMost(RunningDispatcher.SOON)
                        .until(() -> dispatcher.ledger(org).getFirst().contains("delivered"));
                looks.add(instances.submit(processor::doDue));
                looks.add(instances.submit(processor::doDue));
                // With the one that looks by itself.
                dispatcher.awaitWaiting(3);
            });
            for (Future<Boolean> look : looks) {
                look.get();
            }
        }

        // Then
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        dispatcher.awaitWebhooks(org, 3);
        assertEquals(
                List.of(
                        "guard.malicious_package_detected",
                        "guard.advisory_withdrawn",
                        "guard.malicious_package_detected"),
                dispatcher.webhooks(org).stream().map(WebhookRequested::getType).toList());
    }

    /** Two instances read that it need not wait; one lets it go, and the incident rings anew before the other's turn comes. */
    @Test
    void isNotTakenBackBySomebodyElseOnceItIsOnItsWay() throws Exception {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();
        CorrectionProcessor processor = dispatcher.bean(CorrectionProcessor.class);

        // When
        try (ExecutorService others = Executors.newFixedThreadPool(1)) {
            List<Future<Boolean>> looks = new ArrayList<>();
            dispatcher.bean(SqlClient.class).inTransaction(() -> {
                dispatcher.bean(IncidentRepository.class).lock(new Audience.Organisation(org));
                incident.settle(0, DeliveryOutcome.DELIVERED);
                // The one that looks by itself, then the match, then another: each gets the lock in its turn.
                dispatcher.awaitWaiting(1);
                incident.match(incident.advisory(3), OneIncident.download(2, "1.0.0"));
                dispatcher.awaitWaiting(2);
                looks.add(others.submit(processor::doDue));
                dispatcher.awaitWaiting(3);
            });
            looks.getFirst().get();
        }

        // Then
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of(
                                "breach " + endpoint + " delivered -",
                                "breach " + endpoint + " pending -",
                                "withdrawn " + endpoint + " pending -"),
                        dispatcher.ledger(org).stream().sorted().toList()));
    }
}
