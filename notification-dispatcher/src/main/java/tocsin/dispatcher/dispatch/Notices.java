package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.email.BreachNotice;
import tocsin.dispatcher.email.EmailComposer;
import tocsin.dispatcher.email.EmailRequests;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.ToldChannel;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.ledger.WebhookRequests;
import tocsin.dispatcher.payload.BreachPayload;
import tocsin.dispatcher.payload.Update;
import tocsin.dispatcher.payload.WithdrawnPayload;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Verdict;
import tocsin.schemas.Audience;
import tocsin.service.outbox.OutboxRecord;

/** The requests for webhooks and mails of one notification. */
@Singleton
final class Notices {

    private final EmailComposer composer;
    private final Clock clock;

    Notices(EmailComposer composer, Clock clock) {
        this.composer = composer;
        this.clock = clock;
    }

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

        Optional<ToldChannel> beforeAt(Destination destination) {
            return before.stream()
                    .filter(channel -> channel.destination().equals(destination.ledgerName()))
                    .findFirst();
        }

        /** The first there, or elsewhere if this destination is new. */
        Optional<Update> update(Destination destination) {
            return kind == Notification.Kind.BREACH
                    ? Optional.empty()
                    : beforeAt(destination)
                            .or(() -> before.stream().findFirst())
                            .map(channel -> new Update(kind, channel.first()));
        }

        /** The mail that a mail to this address continues. */
        Optional<UUID> thread(Destination.Email email) {
            return kind == Notification.Kind.BREACH
                    ? Optional.empty()
                    : beforeAt(email)
                            .filter(channel -> channel.address()
                                    .filter(it -> !it.equals(email.address()))
                                    .isEmpty())
                            .map(ToldChannel::first);
        }

        String messageId(Destination destination) {
            return switch (destination) {
                case Destination.Webhook(String endpointId) -> NotificationIds.webhookId(notification, endpointId);
                case Destination.Email _ -> NotificationIds.emailId(notification);
            };
        }
    }

    OutboxRecord breach(Subject subject, Destination destination, Verdict.Tell tell) {
        Match match = subject.match();
        return switch (destination) {
            case Destination.Webhook(String endpointId) ->
                webhook(
                        subject,
                        endpointId,
                        BreachPayload.TYPE,
                        new BreachPayload(
                                        subject.notification(),
                                        subject.incident(),
                                        match.advisory(),
                                        match.fetchedVersions(),
                                        tell.downloads(),
                                        tell.truncated(),
                                        subject.update(destination))
                                .json());
            case Destination.Email email ->
                EmailRequests.of(
                        subject.notification(),
                        match.audience(),
                        email.address(),
                        email.language(),
                        composer.breach(
                                new BreachNotice(
                                        subject.notification(),
                                        match.audience(),
                                        match.advisory(),
                                        match.fetchedVersions(),
                                        tell.downloads(),
                                        tell.truncated(),
                                        subject.kind()),
                                email.language()),
                        subject.thread(email));
        };
    }

    OutboxRecord withdrawn(Subject subject, Destination destination) {
        Match match = subject.match();
        return switch (destination) {
            case Destination.Webhook(String endpointId) ->
                webhook(
                        subject,
                        endpointId,
                        WithdrawnPayload.TYPE,
                        new WithdrawnPayload(
                                        subject.notification(),
                                        subject.incident(),
                                        match.advisory(),
                                        subject.update(destination).orElseThrow())
                                .json());
            case Destination.Email email ->
                EmailRequests.of(
                        subject.notification(),
                        match.audience(),
                        email.address(),
                        email.language(),
                        composer.withdrawn(
                                subject.notification(), match.audience(), match.advisory(), email.language()),
                        subject.thread(email));
        };
    }

    private OutboxRecord webhook(Subject subject, String endpointId, String type, String data) {
        String org = switch (subject.match().audience()) {
            case Audience.Organisation(String id) -> id;
            case Audience.Token _ -> throw new IllegalStateException("a token has no webhook");
        };
        return WebhookRequests.of(
                subject.notification(), org, endpointId, type, clock.instant().truncatedTo(ChronoUnit.MILLIS), data);
    }
}
