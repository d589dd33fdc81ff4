package tocsin.dispatcher.address;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import tocsin.dispatcher.email.Unsubscribing;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.RecordKeys;

/**
 * Who wants no notices of personal tokens any more, by the address: whatever token it belongs to. Who verifies the address again afterwards wants them again.
 */
@Singleton
public final class Unsubscriptions implements Unsubscribing {

    private static final String UNSUBSCRIBED = "unsubscribed";

    private final SqlClient sql;
    private final LedgerRepository ledger;
    private final ConfirmationConfig config;
    private final Clock clock;
    private final LinkToken tokens;

    Unsubscriptions(SqlClient sql, LedgerRepository ledger, ConfirmationConfig config, Clock clock) {
        this.sql = sql;
        this.ledger = ledger;
        this.config = config;
        this.clock = clock;
        this.tokens = new LinkToken("unsubscribe", config.key());
    }

    /** The same for each mail to the address; it is good for ever, as old mails are. */
    @Override
    public Optional<String> link(Audience audience, String recipient) {
        return switch (audience) {
            case Audience.Token _ ->
                Optional.of(config.unsubscribeLink(tokens.sign(RecordKeys.emailRecipient(recipient))));
            case Audience.Organisation _ -> Optional.empty();
        };
    }

    /** Whether the link is ours; changes nothing. */
    boolean isKnown(String token) {
        return tokens.verify(token).isPresent();
    }

    /** Uses the link, once or again. What is on its way to the address does not go any more. @return false if it is not ours */
    boolean unsubscribe(String token) {
        Optional<String> recipient = tokens.verify(token);
        recipient.ifPresent(hash -> sql.inTransaction(() -> {
            sql.update("""
                    insert into unsubscribed (recipient, unsubscribed_at) values (?, ?)
                    on conflict (recipient) do update set unsubscribed_at = excluded.unsubscribed_at
                    """, hash, clock.instant());
            ledger.suppressMailsToHolder(hash, UNSUBSCRIBED);
        }));
        return recipient.isPresent();
    }

    /** Whether somebody said so of the address since then. */
    public boolean hasSince(String address, Instant then) {
        return sql.first(
                        "select 1 from unsubscribed where recipient = ? and unsubscribed_at >= ?",
                        row -> true,
                        RecordKeys.emailRecipient(address),
                        then)
                .isPresent();
    }

    /** Whether the holder said so since the address was verified. */
    public boolean has(VerifiedAddress address) {
        return sql.first(
                        "select unsubscribed_at from unsubscribed where recipient = ?",
                        row -> SqlClient.instant(row, "unsubscribed_at"),
                        RecordKeys.emailRecipient(address.address()))
                .filter(at -> !at.isBefore(address.verifiedAt()))
                .isPresent();
    }
}
