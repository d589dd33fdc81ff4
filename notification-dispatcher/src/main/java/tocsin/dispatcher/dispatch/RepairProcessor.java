package tocsin.dispatcher.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
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
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.store.SqlClient;
import tocsin.service.outbox.Outbox;
import tocsin.service.outbox.OutboxRecord;

/**
 * Asks again for what has been pending too long, with the same ids and the same body: whoever has it already does not send it again. A mail that may not go
 * where it should any more ends instead. Several instances share the work.
 */
@Singleton
final class RepairProcessor extends DueProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(RepairProcessor.class);
    private static final int AT_ONCE = 100;

    private final SqlClient sql;
    private final NoticeRepository kept;
    private final Notices notices;
    private final RequestRepository requests;
    private final Outbox outbox;
    private final LedgerRepository ledger;
    private final Rights rights;
    private final TokenDirectory tokens;
    private final RepairConfig config;
    private final Clock clock;
    private final Counter asked;

    RepairProcessor(
            SqlClient sql,
            NoticeRepository kept,
            Notices notices,
            RequestRepository requests,
            Outbox outbox,
            LedgerRepository ledger,
            Rights rights,
            TokenDirectory tokens,
            RepairConfig config,
            Clock clock,
            MeterRegistry registry) {
        super("repairs", config.every());
        this.sql = sql;
        this.kept = kept;
        this.notices = notices;
        this.requests = requests;
        this.outbox = outbox;
        this.ledger = ledger;
        this.rights = rights;
        this.tokens = tokens;
        this.config = config;
        this.clock = clock;
        this.asked = Counter.builder("tocsin.ledger.asked.again")
                .description(
                        "requests that were sent once more because their row stayed pending for `tocsin.repair.after`")
                .register(registry);
    }

    /** A token that we have not read of yet would look like one without an address. */
    @Override
    boolean isReady() throws InterruptedException {
        return tokens.awaitLoaded(Duration.ZERO);
    }

    @Override
    boolean doDue() {
        return askAgain() == AT_ONCE;
    }

    /** @return how many of one kind were found, at most {@value #AT_ONCE} */
    int askAgain() {
        Instant now = clock.instant();
        Instant then = now.minus(config.after());
        List<NoticeRepository.Row> ofNotices = kept.askedBefore(then, AT_ONCE);
        // One of which no request can be made holds up no others, and is tried again when its next time comes.
        ofNotices.forEach(row ->
                faultOf(Optional.empty(), () -> askAgain(row, then, now)).ifPresent(_ -> kept.take(row, then, now)));
        List<RequestRepository.Kept> others = requests.askedBefore(then, AT_ONCE);
        others.forEach(request -> faultOf(Optional.empty(), () -> askAgain(request, then, now))
                .ifPresent(_ -> requests.take(request, then, now)));
        return Math.max(ofNotices.size(), others.size());
    }

    private void askAgain(NoticeRepository.Row row, Instant then, Instant now) {
        sql.inTransaction(() -> {
            Optional<Notice> notice = kept.find(row.notification(), row.destination());
            // Before it is taken: whoever else ends rows has them before what is kept of them.
            if (notice.isPresent()
                    && !isRefused(row.notification(), refusal(notice.get()))
                    && kept.take(row, then, now)) {
                askAgain(row.notification(), notices.request(notice.get()));
            }
        });
    }

    /** A webhook's request is with its sender, who says how it ends. */
    private Optional<String> refusal(Notice notice) {
        return switch (notice.destination()) {
            case Destination.Webhook _ -> Optional.empty();
            case Destination.Email _ -> rights.refusal(notice);
        };
    }

    private void askAgain(RequestRepository.Kept kept, Instant then, Instant now) {
        sql.inTransaction(() -> {
            // Before its rights: a confirmation counts as sent by the question, which one instance must ask and no
            // other.
            if (requests.isDue(kept, then)
                    && !isRefused(kept.notification(), rights.refusal(kept))
                    && requests.take(kept, then, now)) {
                askAgain(kept.notification(), kept.request());
            }
        });
    }

    /** What may not go there any more ends with its reason. */
    private boolean isRefused(UUID notification, Optional<String> reason) {
        reason.ifPresent(text -> {
            ledger.suppressMail(notification, text);
            LOG.atInfo()
                    .addKeyValue("notificationId", notification)
                    .addKeyValue("reason", text)
                    .log("ledger.not-asked-again");
        });
        return reason.isPresent();
    }

    private void askAgain(UUID notification, OutboxRecord request) {
        outbox.add(List.of(request));
        asked.increment();
        LOG.atWarn().addKeyValue("notificationId", notification).log("ledger.asked-again");
    }
}
