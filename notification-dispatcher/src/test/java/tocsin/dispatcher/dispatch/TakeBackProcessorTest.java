package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;

/** An incident is taken back from others than the match names, and one of them cannot be told by a fault of ours. */
class TakeBackProcessorTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String sound = RunningDispatcher.newOrg();
    private final String broken = RunningDispatcher.newOrg();

    private AdvisoryAccepted.Builder advisory(String id) {
        return Samples.advisory()
                .setAdvisoryId(id)
                .setAliases(List.of("MAL-one-" + sound))
                .setPackageName("taken-back-" + sound);
    }

    private void tell(String org) {
        dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched(
                "org:" + org,
                advisory("MAL-one-" + sound),
                List.of(Samples.download("e-" + org, "2026-04-15T08:30:00Z", Samples.human("u1")))));
        dispatcher.awaitWebhooks(org, 1).forEach(it -> dispatcher.settle(it, DeliveryOutcome.DELIVERED));
    }

    private void withdraw() {
        dispatcher.match(Samples.matched(
                "org:nobody-" + sound,
                advisory("MAL-one-" + sound)
                        .setRevision(Samples.PUBLISHED.plusSeconds(60))
                        .setWithdrawnAt(Samples.PUBLISHED.plusSeconds(60)),
                List.of()));
    }

    private Optional<ConsumerRecord<byte[], byte[]>> setAside() {
        return dispatcher.records(Topics.quarantineOf("notification-dispatcher").name()).stream()
                .filter(it -> new String(it.key(), UTF_8).equals("org:" + broken))
                .findFirst();
    }

    @Test
    void setsAsideWhomItCannotTellAndTellsAllOthers() {
        // Given
        tell(sound);
        tell(broken);
        dispatcher.update(
                "update notification_dispatcher.told_incident set severity = 'NONSENSE' where audience = ?",
                "org:" + broken);

        // When it is withdrawn for an audience that was told nothing
        withdraw();

        // Then
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(sound, 2).getLast().getType());
        ConsumerRecord<byte[], byte[]> aside = await().atMost(RunningDispatcher.SOON)
                .until(this::setAside, Optional::isPresent)
                .orElseThrow();
        String reason =
                new String(aside.headers().lastHeader("quarantine-reason").value(), UTF_8);
        assertTrue(reason.matches("taking back incident .* failed: .*"), reason);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows("select incident_id from notification_dispatcher.take_back")
                        .isEmpty());

        // When the fault is mended and somebody redrives it
        dispatcher.update(
                "update notification_dispatcher.told_incident set severity = 'HIGH' where audience = ?",
                "org:" + broken);
        dispatcher.produce(Topics.ADVISORY_MATCHED.name(), "org:" + broken, aside.value());

        // Then
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(broken, 2).getLast().getType());
    }

    /** As instances do that share a database. */
    @Test
    void tellsEachOnceAlthoughSeveralTakeItBack() throws Exception {
        // Given
        tell(sound);
        TakeBackProcessor processor = dispatcher.bean(TakeBackProcessor.class);
        SqlClient sql = dispatcher.bean(SqlClient.class);

        // When it is withdrawn for an audience that was told nothing, and nobody can tell the other one yet
        try (ExecutorService instances = Executors.newFixedThreadPool(2)) {
            List<Future<Boolean>> looks = new ArrayList<>();
            sql.inTransaction(() -> {
                dispatcher.bean(IncidentRepository.class).lock(new Audience.Organisation(sound));
                withdraw();
                await().atMost(RunningDispatcher.SOON)
                        .until(() -> !dispatcher
                                .rows("select incident_id from notification_dispatcher.take_back")
                                .isEmpty());
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
        assertEquals(
                List.of("guard.malicious_package_detected", "guard.advisory_withdrawn"),
                dispatcher.awaitWebhooks(sound, 2).stream()
                        .map(WebhookRequested::getType)
                        .toList());
        assertEquals(
                List.of("1"),
                dispatcher.rows(
                        "select count(*) from notification_dispatcher.notification where audience = ? and kind = 'withdrawn'",
                        "org:" + sound));
    }
}
