package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tocsin.dispatcher.PendingRequests;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.Notification;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;

/** One organisation that hears of one package again and again. */
final class OneIncident {

    /** Made when the first test asks. */
    private static final class Shared {
        static final RunningDispatcher INSTANCE = RunningDispatcher.beside(Map.of("tocsin.follow-up.window", "PT2S"));
    }

    private final RunningDispatcher dispatcher = dispatcher();
    private final String org;

    OneIncident(String org) {
        this.org = org;
    }

    static RunningDispatcher dispatcher() {
        return Shared.INSTANCE;
    }

    static Instant revision(int number) {
        return Samples.PUBLISHED.plusSeconds(number);
    }

    AdvisoryAccepted.Builder advisory(int revision) {
        return Samples.advisory().setPackageName("pkg-" + org).setRevision(revision(revision));
    }

    static AffectedDownload download(int number, String version) {
        return AffectedDownload.newBuilder(
                        Samples.download("e" + number, "2026-04-15T08:0" + number + ":00Z", Samples.human("u1")))
                .setVersion(version)
                .build();
    }

    void match(AdvisoryAccepted.Builder advisory, AffectedDownload... downloads) {
        dispatcher.match(Samples.matched("org:" + org, advisory, List.of(downloads)));
    }

    /** Its only advisory, by a revision of that number. */
    void withdraw(int revision) {
        match(advisory(revision).setWithdrawnAt(revision(revision)), download(1, "1.0.0"));
    }

    void untilTakenBack() {
        await().atMost(RunningDispatcher.SOON).until(() -> kinds().contains("withdrawn"));
    }

    /** @param webhook its number among all that were asked for, from 0 */
    void settle(int webhook, DeliveryOutcome outcome) {
        dispatcher.settle(dispatcher.awaitWebhooks(org, webhook + 1).get(webhook), outcome);
    }

    List<WebhookRequested> delivered(int webhooks) {
        List<WebhookRequested> asked = dispatcher.awaitWebhooks(org, webhooks);
        asked.forEach(it -> dispatcher.settle(it, DeliveryOutcome.DELIVERED));
        return asked;
    }

    List<String> kinds() {
        return dispatcher.ledger(org).stream()
                .map(it -> it.substring(0, it.indexOf(" ")))
                .filter(it -> !it.equals("address_confirmation"))
                .toList();
    }

    void untilDelivered(String kind) {
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains(kind + " email delivered -"));
    }

    /** By a mail that tells of others too, and whose server has not taken it yet. */
    PendingRequests tellByADigestThatIsOnItsWay(String address) {
        match(advisory(1), download(1, "1.0.0"));
        untilDelivered("breach");
        PendingRequests pending = new PendingRequests(dispatcher, org);
        UUID digest = pending.keepMail(Notification.Kind.DIGEST, address);
        dispatcher.update(
                "update notification_dispatcher.ledger l set state = 'pending', carried_by = '" + digest
                        + "' from notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.kind = 'breach' and n.audience = ?",
                "org:" + org);
        return pending;
    }
}
