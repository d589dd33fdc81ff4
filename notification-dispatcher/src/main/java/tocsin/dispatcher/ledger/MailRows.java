package tocsin.dispatcher.ledger;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.store.SqlClient;
import tocsin.service.database.GroupedWork;

/** Rows of mails, for many mails at the same time: what is asked or closed while a transaction is under way, and for a moment after, goes into the next one together. */
@Singleton
public final class MailRows {

    /** What a transaction of some milliseconds holds. */
    private static final int MOST_AT_ONCE = 200;

    /** Little for a mail; for the database, many mails in one transaction in place of a few. */
    private static final Duration GATHERING = Duration.ofMillis(10);

    private final GroupedWork<UUID, Optional<State>> questions;
    private final GroupedWork<Settlement, Settlement> ends;

    MailRows(LedgerRepository ledger) {
        questions = new GroupedWork<>("mail-questions", MOST_AT_ONCE, GATHERING, MailRows::canDoNothing, asked -> {
            Map<UUID, State> states = ledger.states(asked, LedgerRow.EMAIL);
            return asked.stream().map(it -> Optional.ofNullable(states.get(it))).toList();
        });
        ends = new GroupedWork<>("mail-ends", MOST_AT_ONCE, GATHERING, MailRows::canDoNothing, ended -> {
            ledger.settle(ended);
            return ended;
        });
    }

    /** Of two transactions that stood in each other's way one can be done again, row by row. */
    private static boolean canDoNothing(RuntimeException e) {
        return SqlClient.isOutage(e) && !SqlClient.isConflict(e);
    }

    /** @return empty where there is no such row */
    public Optional<State> state(UUID notification) throws InterruptedException {
        return questions.call(notification);
    }

    /** Returns when the row is closed for good; one that is closed already stays as it is, but for a failed one that has been delivered after all. */
    public void close(UUID notification, State outcome, int attempts, Optional<String> reason, Instant at)
            throws InterruptedException {
        ends.call(new Settlement(notification, LedgerRow.EMAIL, outcome, attempts, reason, at));
    }
}
