package tocsin.dispatcher.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.service.outbox.Outbox;
import tocsin.service.outbox.OutboxRecord;

/**
 * Asks again for what has been pending too long, with the same ids and the same body: whoever has it already does not send it again. Several instances share
 * the work.
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
    private final RepairConfig config;
    private final Clock clock;
    private final Counter asked;

    RepairProcessor(
            SqlClient sql,
            NoticeRepository kept,
            Notices notices,
            RequestRepository requests,
            Outbox outbox,
            RepairConfig config,
            Clock clock,
            MeterRegistry registry) {
        super("repairs", config.every());
        this.sql = sql;
        this.kept = kept;
        this.notices = notices;
        this.requests = requests;
        this.outbox = outbox;
        this.config = config;
        this.clock = clock;
        this.asked = Counter.builder("tocsin.ledger.asked.again")
                .description(
                        "requests that were sent once more because their row stayed pending for `tocsin.repair.after`")
                .register(registry);
    }

    /** All that it needs is in the tables. */
    @Override
    boolean isReady() {
        return true;
    }

    @Override
    boolean doDue() {
        return askAgain() == AT_ONCE;
    }

    /** @return how many of one kind were found, at most {@value #AT_ONCE} */
    int askAgain() {
        Instant now = clock.instant();
        Instant then = now.minus(config.after());
        List<NoticeRepository.Row> due = kept.askedBefore(then, AT_ONCE);
        int sent = 0;
        for (NoticeRepository.Row row : due) {
            boolean[] again = {false};
            // One of which no request can be made holds up no others, and is tried again when its next time comes.
            faultOf(Optional.empty(), () -> again[0] = askAgain(row, then, now))
                    .ifPresent(_ -> kept.take(row, then, now));
            sent += again[0] ? 1 : 0;
        }
        int events = sql.inTransaction(() -> {
            List<OutboxRecord> records = requests.takeAskedBefore(then, now, AT_ONCE);
            if (!records.isEmpty()) {
                outbox.add(records);
            }
            return records.size();
        });
        sent += events;
        if (sent > 0) {
            asked.increment(sent);
            LOG.atWarn().addKeyValue("rows", sent).log("ledger.asked-again");
        }
        return Math.max(due.size(), events);
    }

    /** @return whether it was not asked for by somebody else since, nor ended */
    private boolean askAgain(NoticeRepository.Row row, Instant then, Instant now) {
        return sql.inTransaction(() -> {
            Optional<Notice> notice =
                    kept.take(row, then, now) ? kept.find(row.notification(), row.destination()) : Optional.empty();
            notice.map(notices::request).map(List::of).ifPresent(outbox::add);
            return notice.isPresent();
        });
    }
}
