package tocsin.dispatcher.ledger;

import java.time.Instant;
import java.util.UUID;
import tocsin.schemas.Audience;

/** Ids that follow from what they stand for, so that a repeat of the cause is recognised wherever it shows. */
public final class NotificationIds {

    private static final UUID NAMESPACE = UUID.fromString("5b1f1a0e-6c1e-4e0c-9b57-3c0f3f0a7d21");

    private NotificationIds() {}

    public static UUID ofMatch(UUID matchId) {
        return NameUuid.of(NAMESPACE, "match " + matchId);
    }

    /** @param matchId of a withdrawal that was matched with somebody else */
    public static UUID ofTakeBack(UUID matchId, Audience audience) {
        return NameUuid.of(NAMESPACE, "take-back " + matchId + " " + audience.text());
    }

    /** A correction of one webhook that arrived when its alarm had been taken back. */
    public static UUID ofResent(UUID notification, String endpointId) {
        return NameUuid.of(NAMESPACE, "resent " + notification + " " + endpointId);
    }

    /** A mail that tells what a webhook did not bring. */
    public static UUID ofUndelivered(UUID notification, String endpointId) {
        return NameUuid.of(NAMESPACE, "undelivered " + notification + " " + endpointId);
    }

    /** @param first of those that one mail tells; each is told by one */
    public static UUID ofDigest(UUID first) {
        return NameUuid.of(NAMESPACE, "digest " + first);
    }

    /** @param at whole milliseconds */
    public static UUID ofDrill(String org, Instant at) {
        return NameUuid.of(NAMESPACE, "drill " + org + " " + at.toEpochMilli());
    }

    /** @param eventId unique within the organisation */
    public static UUID ofEvent(String org, String eventId) {
        return NameUuid.of(NAMESPACE, "event " + org + " " + eventId);
    }

    /**
     * @param nonce of the confirmation link that the mail brings
     * @param at when it was asked for, whole milliseconds: several mails may bring one link
     */
    public static UUID ofConfirmation(String nonce, Instant at) {
        return NameUuid.of(NAMESPACE, "confirmation " + nonce + " " + at.toEpochMilli());
    }

    /** The {@code webhook-id} of the notification at one endpoint. */
    public static String webhookId(UUID notification, String endpointId) {
        return "msg_" + NameUuid.of(NAMESPACE, "webhook " + notification + " " + endpointId);
    }

    public static String emailId(UUID notification) {
        return NameUuid.of(NAMESPACE, "email " + notification).toString();
    }
}
