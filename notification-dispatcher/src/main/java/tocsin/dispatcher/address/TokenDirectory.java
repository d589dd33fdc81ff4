package tocsin.dispatcher.address;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tocsin.dispatcher.email.EmailAddress;
import tocsin.dispatcher.email.Language;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.kafka.TableFreshness;
import tocsin.service.kafka.TopicTable;

/** The addresses of personal tokens. A revoked token has none. */
public final class TokenDirectory {

    private final TopicTable<TokenRegistered> table;
    private final TableFreshness freshness;
    private final Arrivals arrivals;

    /** Wakes those who wait for a token; told by the table of every change. */
    public static final class Arrivals implements TopicTable.Listener<TokenRegistered> {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();

        @Override
        public void changed(String key, Optional<TokenRegistered> value) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    public TokenDirectory(TopicTable<TokenRegistered> table, Arrivals arrivals) {
        this.table = table;
        this.freshness = new TableFreshness(table);
        this.arrivals = arrivals;
    }

    /** @return whether all is known that was there at the start; before that, nothing that is asked here has an answer */
    public boolean awaitLoaded(Duration limit) throws InterruptedException {
        return table.awaitLoaded(limit);
    }

    /** @return whether what is told here is some ten seconds old at most; false without a broker: a token may have another holder by now */
    public boolean isFresh() throws InterruptedException {
        return freshness.isFresh();
    }

    /** @return whether all is known that was registered when this was called; false if the time is up first, as without a broker */
    public boolean awaitCaughtUp(Duration limit) throws InterruptedException {
        return table.awaitCaughtUp(limit);
    }

    /** Whether it was registered, with an address or without, and was not revoked. */
    public boolean has(String tokenId) {
        return table.find(tokenId)
                .filter(token -> token.getRevokedAt().isEmpty())
                .isPresent();
    }

    /** Whether it was ever registered, also if it was revoked since: of such a one there is nothing to wait for. */
    public boolean knows(String tokenId) {
        return table.find(tokenId).isPresent();
    }

    /** As {@link #knows}, for one that was perhaps registered a moment ago and is still on its way here. */
    public boolean awaits(String tokenId, Duration limit) throws InterruptedException {
        arrivals.lock.lock();
        try {
            long left = limit.toNanos();
            while (!knows(tokenId) && left > 0) {
                left = arrivals.changed.awaitNanos(left);
            }
            return knows(tokenId);
        } finally {
            arrivals.lock.unlock();
        }
    }

    /** @return empty for a token that is unknown, revoked, an organisation's, or has no address that mail can go to */
    public Optional<VerifiedAddress> addressOf(String tokenId) {
        return table.find(tokenId)
                .filter(token ->
                        token.getOrgId().isEmpty() && token.getRevokedAt().isEmpty())
                .flatMap(token -> token.getVerifiedEmail()
                        .filter(EmailAddress::isValid)
                        .flatMap(address -> token.getVerifiedAt()
                                .map(at -> new VerifiedAddress(
                                        address,
                                        at,
                                        token.getHeldSince(),
                                        Language.ofCode(token.getLanguage()).orElse(Language.EN)))));
    }
}
