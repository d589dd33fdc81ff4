package tocsin.dispatcher.dispatch;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.ToldChannel;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.routing.Destination;

/**
 * What a notification is about.
 *
 * @param match what made it
 * @param before where the audience was told of the incident
 */
record Subject(UUID notification, Notification.Kind kind, UUID incident, Match match, List<ToldChannel> before) {

    Subject {
        before = List.copyOf(before);
    }

    /** For people: the package and its advisory. */
    String about() {
        return match.advisory().packageKey().text() + " " + match.advisory().id();
    }

    private Optional<ToldChannel> beforeAt(Destination destination) {
        return before.stream()
                .filter(channel -> channel.destination().equals(destination.ledgerName()))
                .findFirst();
    }

    /** The first there, or elsewhere if this destination is new; empty for the first of an incident. */
    Optional<UUID> first(Destination destination) {
        return kind == Notification.Kind.BREACH
                ? Optional.empty()
                : beforeAt(destination).or(() -> before.stream().findFirst()).map(ToldChannel::first);
    }

    /** The notification whose mail a mail to this address continues. */
    Optional<UUID> thread(Destination destination) {
        if (kind == Notification.Kind.BREACH || !(destination instanceof Destination.Email email)) {
            return Optional.empty();
        }
        return beforeAt(email)
                .filter(channel -> channel.address()
                        .filter(it -> !it.equals(email.address()))
                        .isEmpty())
                .map(ToldChannel::thread);
    }

    String messageId(Destination destination) {
        return switch (destination) {
            case Destination.Webhook(String endpointId) -> NotificationIds.webhookId(notification, endpointId);
            case Destination.Email _ -> NotificationIds.emailId(notification);
        };
    }
}
