package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.ledger.CorrectionRepository;
import tocsin.dispatcher.ledger.CorrectionRepository.Reach;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.service.outbox.Outbox;

/**
 * Looks each second for corrections that waited until what they correct had ended at the same destination. What never got there needs none, and what rang
 * anew meanwhile is not taken back: that nothing is affected would be the last word there.
 */
@Singleton
final class CorrectionProcessor extends DueProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(CorrectionProcessor.class);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final Duration AFTER_FAULT = Duration.ofMinutes(5);
    private static final int AT_ONCE = 100;

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final NoticeRepository kept;
    private final LedgerRepository ledger;
    private final CorrectionRepository corrections;
    private final RungAnew rungAnew;
    private final Rights rights;
    private final Notices notices;
    private final Outbox outbox;
    private final TokenDirectory tokens;
    private final Clock clock;

    CorrectionProcessor(
            SqlClient sql,
            IncidentRepository incidents,
            NoticeRepository kept,
            LedgerRepository ledger,
            CorrectionRepository corrections,
            RungAnew rungAnew,
            Rights rights,
            Notices notices,
            Outbox outbox,
            TokenDirectory tokens,
            Clock clock) {
        super("corrections", BETWEEN);
        this.sql = sql;
        this.incidents = incidents;
        this.kept = kept;
        this.ledger = ledger;
        this.corrections = corrections;
        this.rungAnew = rungAnew;
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
        Instant now = clock.instant();
        List<NoticeRepository.Row> due = kept.heldForNothing(now, AT_ONCE);
        for (NoticeRepository.Row row : due) {
            // What is at fault waits on, and those behind it must not wait for it.
            faultOf(Optional.empty(), () -> send(row)).ifPresent(_ -> kept.postpone(row, now.plus(AFTER_FAULT)));
        }
        return due.size() == AT_ONCE;
    }

    private void send(NoticeRepository.Row row) {
        sql.inTransaction(() -> {
            Optional<Notice> before = kept.find(row.notification(), row.destination());
            if (before.isEmpty()) {
                return;
            }
            // Else it might ring anew between the question and the answer.
            incidents.lock(before.get().match().audience());
            if (!kept.isHeld(row.notification(), row.destination())) {
                // Another instance has let it go meanwhile, and what it says is on its way.
                return;
            }
            Notice notice = before.get();
            Optional<String> refusal = refusal(notice);
            if (refusal.isPresent()) {
                ledger.suppress(List.of(row.notification()), row.destination(), refusal.get());
            } else if (kept.release(row, clock.instant())) {
                outbox.add(List.of(notices.request(notice)));
            }
            LOG.atInfo()
                    .addKeyValue("notificationId", row.notification())
                    .addKeyValue("reason", refusal.orElse("none"))
                    .log("correction.released");
        });
    }

    private Optional<String> refusal(Notice correction) {
        String destination = correction.destination().ledgerName();
        if (corrections.reach(correction.notification(), destination) == Reach.FAILED) {
            return Optional.of(Withdrawal.NOT_TOLD);
        }
        Optional<UUID> anew = rungAnew.incident(correction);
        if (anew.isPresent()) {
            // What it was told there before counts again, and the next withdrawal is of that, too.
            boolean reached = corrections.letGo(correction.notification(), destination);
            incidents.toldStill(
                    anew.get(),
                    correction.match().audience(),
                    Deciding.channel(
                            correction.destination(), correction.first().orElseThrow(), correction.thread(), reached));
            return Optional.of(RungAnew.REASON);
        }
        return rights.refusal(correction);
    }
}
