package tocsin.local.demo;

import java.util.List;
import java.util.stream.Stream;
import tocsin.local.api.Organisation;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.MailCatcher;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** What came in since a moment: webhooks and mails, each in the order of arrival. */
record Arrivals(List<ReceivedRequest> webhooks, List<CaughtMail> mails) {

    Arrivals {
        webhooks = List.copyOf(webhooks);
        mails = List.copyOf(mails);
    }

    /** Looks at what comes after it was made. */
    static final class Watch {

        private final WebhookReceiver receiver;
        private final MailCatcher catcher;
        private final int webhooksBefore;
        private final int mailsBefore;

        Watch(WebhookReceiver receiver, MailCatcher catcher) {
            this.receiver = receiver;
            this.catcher = catcher;
            this.webhooksBefore = receiver.received().size();
            this.mailsBefore = catcher.messages().size();
        }

        Arrivals now() {
            return new Arrivals(
                    receiver.received().stream().skip(webhooksBefore).toList(),
                    catcher.messages().stream().skip(mailsBefore).toList());
        }
    }

    List<ReceivedRequest> webhooksOf(Organisation organisation) {
        return webhooks.stream()
                .filter(request -> organisation.isCalledBy(request.path()))
                .toList();
    }

    List<CaughtMail> mailsTo(String address) {
        return mails.stream().filter(mail -> mail.to().equals(List.of(address))).toList();
    }

    int count() {
        return webhooks.size() + mails.size();
    }

    /** All that must arrive is there; what must not may be there too. */
    boolean areComplete(Cast cast) {
        return !webhooksOf(cast.affected()).isEmpty()
                && Stream.of(cast.affected().address(), cast.personalAddress())
                        .noneMatch(address -> mailsTo(address).isEmpty());
    }
}
