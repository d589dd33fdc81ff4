package tocsin.dispatcher.dispatch;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.routing.Destination;

/**
 * What one destination is told of an incident: enough to say it again, in the same words.
 *
 * @param kind of what is told; where it is undelivered, the notification's is another
 * @param incident as it was called when this was decided
 * @param match with the downloads that are told there; there are more of them if and only if it knows of an older one
 * @param first of an update: the first notification there, or elsewhere if the destination is new
 * @param thread of a mail: the notification whose mail it continues
 * @param mailed whether a mail tells the same
 * @param thin of a webhook: without the downloads
 * @param undelivered of a mail: a webhook should have told it
 */
record Notice(
        UUID notification,
        Notification.Kind kind,
        UUID incident,
        Destination destination,
        Match match,
        Optional<UUID> first,
        Optional<UUID> thread,
        Instant occurredAt,
        boolean mailed,
        boolean thin,
        boolean undelivered) {

    boolean isWithdrawal() {
        return kind == Notification.Kind.WITHDRAWN;
    }

    boolean isTruncated() {
        return match.nextOlderAt().isPresent();
    }

    /** The same as an answer to another mail. */
    Notice answering(Optional<UUID> mail) {
        return new Notice(
                notification, kind, incident, destination, match, first, mail, occurredAt, mailed, thin, undelivered);
    }

    String messageId() {
        return switch (destination) {
            case Destination.Webhook(String endpointId) -> NotificationIds.webhookId(notification, endpointId);
            case Destination.Email _ -> NotificationIds.emailId(notification);
        };
    }
}
