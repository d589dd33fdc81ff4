package tocsin.dispatcher.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/** Who believes an alarm, by what became of it and of its corrections, is corrected; who does not is not. */
class CorrectedTest {

    private static final String ENDPOINT = "WH1";

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final LedgerRepository ledger = dispatcher.bean(LedgerRepository.class);
    private final String org = RunningDispatcher.newOrg();
    private final Audience audience = new Audience.Organisation(org);

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
            ledger.corrects(id);
        }
        return id;
    }

    @ParameterizedTest
    @CsvSource({
        // what was told before the next withdrawal -> whether its correction is written, whether it goes
        "breach delivered, true, true",
        "breach pending, true, false",
        "breach failed, false, false",
        "breach suppressed email_off, false, false",
        "breach delivered; withdrawn delivered, false, false",
        "breach delivered; withdrawn pending, false, false",
        "breach delivered; withdrawn suppressed address_removed, false, false",
        "breach delivered; withdrawn suppressed told_again, true, true",
        "breach delivered; withdrawn suppressed told_again; breach failed, true, true",
        "breach delivered; withdrawn failed, true, true",
        "breach delivered; withdrawn delivered; breach failed, false, false",
        "breach delivered; withdrawn delivered; breach delivered, true, true",
        "breach suppressed email_off; withdrawn failed; correcting delivered, false, false",
    })
    void isWhoWasToldSinceTheLastCorrectionThatArrived(String told, boolean reached, boolean toldBefore) {
        // Given
        UUID incident = dispatcher
                .bean(SqlClient.class)
                .inTransaction(() -> dispatcher
                        .bean(IncidentRepository.class)
                        .findOrCreate(Samples.read(Samples.matched(
                                        "org:" + org, Samples.advisory().setPackageName("pkg-" + org), List.of()))
                                .advisory()));
        for (String each : told.split("; ", -1)) {
            tell(incident, each);
            if (each.startsWith("withdrawn")) {
                ledger.takeBack(incident, audience);
            }
        }

        // When
        boolean isReached = ledger.reached(incident, audience, ENDPOINT);
        UUID correction = tell(incident, "withdrawn pending");

        // Then
        assertEquals(reached, isReached);
        assertEquals(toldBefore, ledger.toldBefore(correction, ENDPOINT));
        dispatcher.update(
                "delete from notification_dispatcher.ledger l using notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.audience = ?",
                audience.text());
        dispatcher.update("delete from notification_dispatcher.notification where audience = ?", audience.text());
    }
}
