package tocsin.dispatcher.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.ledger.CorrectionRepository.Reach;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/** Who believes an alarm, by what became of it and of its corrections, is corrected; who does not is not. */
class CorrectionRepositoryTest {

    private static final String ENDPOINT = "WH1";

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final LedgerRepository ledger = dispatcher.bean(LedgerRepository.class);
    private final CorrectionRepository corrections = dispatcher.bean(CorrectionRepository.class);
    private final String org = RunningDispatcher.newOrg();
    private final Audience audience = new Audience.Organisation(org);

    @AfterEach
    void removeWhatNobodyAskedFor() {
        dispatcher.update(
                "delete from notification_dispatcher.ledger l using notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.audience = ?",
                audience.text());
        dispatcher.update("delete from notification_dispatcher.notification where audience = ?", audience.text());
    }

    /** @param what kind, state and perhaps reason */
    private UUID tell(UUID incident, String what) {
        String[] words = what.split(" ", -1);
        boolean correcting = words[0].equals("correcting");
        UUID id = UUID.randomUUID();
        ledger.add(
                new Notification(
                        id,
                        audience,
                        correcting ? Notification.Kind.UNDELIVERED : Notification.Kind.ofText(words[0]),
                        "told",
                        Optional.of(incident),
                        1),
                List.of(new LedgerRow(
                        ENDPOINT,
                        "message-of-" + id,
                        State.ofText(words[1]),
                        words.length > 2 ? Optional.of(words[2]) : Optional.empty())));
        if (correcting) {
            corrections.corrects(id);
        }
        return id;
    }

    private void takeBack(UUID incident, String what) {
        UUID correction = tell(incident, what);
        corrections.takeBack(correction, incident, audience);
        if (what.endsWith("told_again")) {
            corrections.letGo(correction, ENDPOINT);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // what was told -> how far what the next correction takes back came; nothing where there is none
        "breach delivered, ARRIVED",
        "breach pending, UNDER_WAY",
        "breach failed, FAILED",
        "breach suppressed email_off, ",
        "breach delivered; follow_up pending, UNDER_WAY",
        "breach delivered; follow_up failed, ARRIVED",
        "breach delivered; withdrawn delivered, ",
        "breach delivered; withdrawn pending, ",
        "breach delivered; withdrawn suppressed address_removed, ",
        "breach failed; withdrawn suppressed not_told, ",
        "breach delivered; withdrawn suppressed told_again, ARRIVED",
        "breach delivered; withdrawn suppressed told_again; breach failed, ARRIVED",
        "breach delivered; withdrawn failed, ARRIVED",
        "breach delivered; withdrawn failed; breach failed, ARRIVED",
        "breach delivered; withdrawn failed; withdrawn delivered, ",
        "breach delivered; withdrawn delivered; breach failed, FAILED",
        "breach delivered; withdrawn delivered; breach delivered, ARRIVED",
        "breach suppressed email_off; withdrawn failed; correcting delivered, ",
    })
    void takesBackWhatCounts(String told, Reach reach) {
        // Given
        UUID incident = dispatcher
                .bean(SqlClient.class)
                .inTransaction(() -> dispatcher
                        .bean(IncidentRepository.class)
                        .findOrCreate(Samples.read(Samples.matched(
                                        "org:" + org, Samples.advisory().setPackageName("pkg-" + org), List.of()))
                                .advisory()));
        for (String each : told.split("; ", -1)) {
            if (each.startsWith("withdrawn")) {
                takeBack(incident, each);
            } else {
                tell(incident, each);
            }
        }

        // When
        Map<String, Reach> standing = corrections.standing(incident, audience);
        UUID correction = tell(incident, "withdrawn pending");
        corrections.takeBack(correction, incident, audience);

        // Then
        assertEquals(reach == null ? Map.of() : Map.of(ENDPOINT, reach), standing);
        assertEquals(reach == null ? Reach.FAILED : reach, corrections.reach(correction, ENDPOINT));
        assertEquals(Map.of(), corrections.standing(incident, audience));
    }
}
