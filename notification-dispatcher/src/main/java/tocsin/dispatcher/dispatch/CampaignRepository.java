package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/** Which audiences were sent a mail a short time ago. Everything here belongs in a transaction that has locked the audience. */
@Singleton
final class CampaignRepository {

    private final SqlClient sql;
    private final CampaignConfig config;

    CampaignRepository(SqlClient sql, CampaignConfig config) {
        this.sql = sql;
        this.config = config;
    }

    /**
     * Asked for a mail of which nothing is that waits already.
     *
     * @return until when it waits; empty for one that goes now, with which a campaign may begin
     */
    Optional<Instant> waitsUntil(Audience audience, Instant now) {
        if (config.window().isZero()) {
            return Optional.empty();
        }
        Optional<Instant> open = sql.first(
                "select open_until from campaign where audience = ? and open_until > ?",
                row -> SqlClient.instant(row, "open_until"),
                audience.text(),
                now);
        if (open.isEmpty()) {
            mailed(audience, now);
        }
        return open;
    }

    /** @return until when a mail of the incident waits, with which another one of it waits; empty if none does */
    Optional<Instant> waitsUntil(Audience audience, UUID incident) {
        return sql.first("""
                select k.digest_at from kept_notice k join notification n using (notification_id)
                where n.audience = ? and n.incident_id = ? and k.destination = ? and k.digest_at is not null
                order by k.digest_at limit 1
                """, row -> SqlClient.instant(row, "digest_at"), audience.text(), incident, LedgerRow.EMAIL);
    }

    /** From now on further ones wait. */
    void mailed(Audience audience, Instant now) {
        if (!config.window().isZero()) {
            sql.update("""
                    insert into campaign (audience, open_until) values (?, ?)
                    on conflict (audience) do update set open_until = excluded.open_until
                    """, audience.text(), now.plus(config.window()));
        }
    }

    /** Audiences with mails that have waited long enough, the longest first; with those whose next try is due. */
    List<Audience> due(Instant now, int most) {
        return sql.query("""
                select n.audience from kept_notice k join notification n using (notification_id)
                where k.digest_at <= ? group by n.audience order by min(k.digest_at) limit ?
                """, row -> Audience.parse(row.getString(1)), now, most);
    }

    /** What cannot be sent now holds up no others, nor do some of an audience the rest. */
    void postpone(List<UUID> notifications, Instant to) {
        sql.update("""
                update kept_notice set digest_at = ?
                where notification_id = any (?::uuid[]) and destination = ? and digest_at < ?
                """, to, notifications.stream().map(UUID::toString).toArray(String[]::new), LedgerRow.EMAIL, to);
    }

    /** What cannot be sent now holds up no others. */
    void postpone(Audience audience, Instant to) {
        sql.update("""
                update kept_notice k set digest_at = ? from notification n
                where n.notification_id = k.notification_id and n.audience = ? and k.digest_at < ?
                """, to, audience.text(), to);
    }
}
