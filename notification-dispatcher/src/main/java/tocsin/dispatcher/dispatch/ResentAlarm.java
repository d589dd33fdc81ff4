package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.ToldChannel;
import tocsin.dispatcher.ledger.CorrectionRepository;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.ledger.ResentWebhook;
import tocsin.schemas.Audience;

/** A webhook that failed, was taken back, and is sent again by a person tells of an alarm that is void: what its correction says follows it, whatever became of that one. */
@Singleton
final class ResentAlarm implements ResentWebhook {

    private static final Logger LOG = LoggerFactory.getLogger(ResentAlarm.class);

    private final IncidentRepository incidents;
    private final CorrectionRepository corrections;
    private final LedgerRepository ledger;
    private final NoticeRepository kept;
    private final Rights rights;
    private final NoticeWriter writer;

    ResentAlarm(
            IncidentRepository incidents,
            CorrectionRepository corrections,
            LedgerRepository ledger,
            NoticeRepository kept,
            Rights rights,
            NoticeWriter writer) {
        this.incidents = incidents;
        this.corrections = corrections;
        this.ledger = ledger;
        this.kept = kept;
        this.rights = rights;
        this.writer = writer;
    }

    @Override
    public void arrives(UUID notification, String endpointId) {
        ledger.audienceOf(notification).ifPresent(audience -> {
            // Else a correction might find in this moment that nothing arrived.
            incidents.lock(audience);
            corrections
                    .of(notification, endpointId)
                    .filter(correction -> !kept.isHeld(correction, endpointId))
                    .flatMap(correction -> kept.find(correction, endpointId))
                    .ifPresent(said -> follow(notification, endpointId, audience, said));
        });
    }

    private void follow(UUID notification, String endpointId, Audience audience, Notice said) {
        UUID incident = ledger.incidentOf(notification).orElseThrow();
        ToldChannel channel = Deciding.channel(said.destination(), said.first().orElseThrow());
        if (incidents.knows(incident, audience)) {
            // It rang anew, so the alarm is right; the next withdrawal is of this one, too.
            corrections.letGoAlone(notification, endpointId);
            incidents.toldStill(incident, audience, channel);
            return;
        }
        UUID correction = NotificationIds.ofResent(notification, endpointId);
        writer.write(
                new Subject(correction, Notification.Kind.WITHDRAWN, incident, said.match(), List.of(channel)),
                List.of(rights.refusal(said)
                        .<NoticeWriter.Entry>map(it -> new NoticeWriter.Entry.Refuse(said.destination(), it))
                        .orElseGet(() -> new NoticeWriter.Entry.Tell(said.destination(), said.match()))));
        corrections.takeBackAlone(correction, notification, endpointId);
        LOG.atInfo()
                .addKeyValue("notificationId", correction)
                .addKeyValue("takesBack", notification)
                .log("correction.follows");
    }
}
