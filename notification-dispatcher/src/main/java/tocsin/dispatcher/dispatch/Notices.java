package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.email.BreachNotice;
import tocsin.dispatcher.email.DigestNotice;
import tocsin.dispatcher.email.EmailComposer;
import tocsin.dispatcher.email.EmailRequests;
import tocsin.dispatcher.email.Mail;
import tocsin.dispatcher.email.Unsubscribing;
import tocsin.dispatcher.email.WithdrawnNotice;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.WebhookRequests;
import tocsin.dispatcher.payload.BreachPayload;
import tocsin.dispatcher.payload.LinksConfig;
import tocsin.dispatcher.payload.Update;
import tocsin.dispatcher.payload.WithdrawnPayload;
import tocsin.dispatcher.routing.Destination;
import tocsin.schemas.Audience;
import tocsin.service.outbox.OutboxRecord;

/** The requests for webhooks and mails of notices. Of the same notice it makes the same request. */
@Singleton
final class Notices {

    private final EmailComposer composer;
    private final LinksConfig links;
    private final Unsubscribing unsubscribing;

    Notices(EmailComposer composer, LinksConfig links, Unsubscribing unsubscribing) {
        this.composer = composer;
        this.links = links;
        this.unsubscribing = unsubscribing;
    }

    OutboxRecord request(Notice notice) {
        return switch (notice.destination()) {
            case Destination.Webhook(String endpointId) ->
                WebhookRequests.of(
                        notice.notification(),
                        org(notice.match().audience()),
                        endpointId,
                        notice.isWithdrawal() ? WithdrawnPayload.TYPE : BreachPayload.TYPE,
                        notice.occurredAt(),
                        notice.isWithdrawal() ? withdrawnPayload(notice) : breachPayload(notice));
            case Destination.Email email -> mail(notice, email);
        };
    }

    /**
     * One mail of several notices that waited for each other.
     *
     * @param thread the notification whose mail it continues
     */
    OutboxRecord digest(
            UUID notification, Audience audience, Destination.Email to, List<Notice> waited, Optional<UUID> thread) {
        Optional<String> unsubscribe = unsubscribing.link(audience, to.address());
        DigestNotice digest = new DigestNotice(
                notification,
                audience,
                waited.stream()
                        .filter(it -> !it.isWithdrawal())
                        .map(it -> breach(it, unsubscribe))
                        .toList(),
                waited.stream()
                        .filter(Notice::isWithdrawal)
                        .map(it -> withdrawn(it, unsubscribe))
                        .toList(),
                unsubscribe);
        return EmailRequests.of(
                notification, audience, to.address(), to.language(), composer.digest(digest, to.language()), thread);
    }

    private BreachNotice breach(Notice notice, Optional<String> unsubscribe) {
        Match match = notice.match();
        return new BreachNotice(
                notice.notification(),
                match.audience(),
                match.advisory(),
                match.fetchedVersions(),
                match.downloads(),
                notice.isTruncated(),
                notice.kind(),
                notice.undelivered(),
                links.more(match.audience()),
                unsubscribe);
    }

    private static WithdrawnNotice withdrawn(Notice notice, Optional<String> unsubscribe) {
        Match match = notice.match();
        return new WithdrawnNotice(
                notice.notification(), match.audience(), match.advisory(), notice.undelivered(), unsubscribe);
    }

    private OutboxRecord mail(Notice notice, Destination.Email to) {
        Audience audience = notice.match().audience();
        Optional<String> unsubscribe = unsubscribing.link(audience, to.address());
        Mail mail = notice.isWithdrawal()
                ? composer.withdrawn(withdrawn(notice, unsubscribe), to.language())
                : composer.breach(breach(notice, unsubscribe), to.language());
        return EmailRequests.of(notice.notification(), audience, to.address(), to.language(), mail, notice.thread());
    }

    private String breachPayload(Notice notice) {
        Match match = notice.match();
        BreachPayload payload = new BreachPayload(
                notice.notification(),
                notice.incident(),
                match.advisory(),
                match.fetchedVersions(),
                match.downloads(),
                notice.isTruncated(),
                notice.first().map(first -> new Update(notice.kind(), first)),
                links.more(match.audience()),
                notice.kind() == Notification.Kind.DRILL);
        return notice.thin() ? payload.thinJson() : payload.json();
    }

    private static String withdrawnPayload(Notice notice) {
        return new WithdrawnPayload(
                        notice.notification(),
                        notice.incident(),
                        notice.match().advisory(),
                        new Update(notice.kind(), notice.first().orElseThrow()))
                .json();
    }

    private static String org(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String id) -> id;
            case Audience.Token _ -> throw new IllegalStateException("a token has no webhook");
        };
    }
}
