package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Looks each second for failed webhooks beside which a mail was to tell the same and has ended. */
@Singleton
final class UndeliveredProcessor extends DueProcessor {

    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int AT_ONCE = 100;

    private final NoticeRepository kept;
    private final UndeliveredMail undelivered;

    UndeliveredProcessor(NoticeRepository kept, UndeliveredMail undelivered) {
        super("undelivered", BETWEEN);
        this.kept = kept;
        this.undelivered = undelivered;
    }

    /** All that it needs is in the tables. */
    @Override
    boolean isReady() {
        return true;
    }

    @Override
    boolean doDue() {
        List<NoticeRepository.FailedWebhook> due = kept.failedBesideEndedMails(AT_ONCE);
        for (NoticeRepository.FailedWebhook one : due) {
            faultOf(Optional.of(one.incident()), () -> undelivered.mailEnded(one.notification(), one.endpointId()))
                    // The ledger says that neither arrived; the others must not wait for it.
                    .ifPresent(_ -> kept.forgetFailed(one.notification(), one.endpointId()));
        }
        return due.size() == AT_ONCE;
    }
}
