package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.service.outbox.Outbox;

/** Looks each second for corrections that waited until what they correct had ended at the same destination. What never got there needs none. */
@Singleton
final class CorrectionProcessor extends DueProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(CorrectionProcessor.class);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int AT_ONCE = 100;
    private static final String NOT_TOLD = "not_told";

    private final SqlClient sql;
    private final NoticeRepository kept;
    private final LedgerRepository ledger;
    private final MailRights rights;
    private final Notices notices;
    private final Outbox outbox;
    private final TokenDirectory tokens;
    private final Clock clock;

    CorrectionProcessor(
            SqlClient sql,
            NoticeRepository kept,
            LedgerRepository ledger,
            MailRights rights,
            Notices notices,
            Outbox outbox,
            TokenDirectory tokens,
            Clock clock) {
        super("corrections", BETWEEN);
        this.sql = sql;
        this.kept = kept;
        this.ledger = ledger;
        this.rights = rights;
        this.notices = notices;
        this.outbox = outbox;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** A token that we have not read of yet would look like one without an address. */
    @Override
    boolean isReady() throws InterruptedException {
        return tokens.awaitLoaded(Duration.ZERO);
    }

    @Override
    boolean doDue() {
        List<NoticeRepository.Row> due = kept.heldForNothing(AT_ONCE);
        for (NoticeRepository.Row row : due) {
            faultOf(Optional.empty(), () -> send(row))
                    // The repair job tries it again.
                    .ifPresent(_ -> kept.release(row, clock.instant()));
        }
        return due.size() == AT_ONCE;
    }

    private void send(NoticeRepository.Row row) {
        sql.inTransaction(() -> {
            Optional<Notice> notice = kept.find(row.notification(), row.destination());
            if (notice.isEmpty()) {
                return;
            }
            Optional<String> refusal = ledger.toldBefore(row.notification(), row.destination())
                    ? rights.refusal(notice.get())
                    : Optional.of(NOT_TOLD);
            if (refusal.isPresent()) {
                ledger.suppress(List.of(row.notification()), row.destination(), refusal.get());
            } else if (kept.release(row, clock.instant())) {
                outbox.add(List.of(notices.request(notice.get())));
            }
            LOG.atInfo()
                    .addKeyValue("notificationId", row.notification())
                    .addKeyValue("reason", refusal.orElse("none"))
                    .log("correction.released");
        });
    }
}
