package tocsin.dispatcher.erasure;

import jakarta.inject.Singleton;
import java.time.Instant;
import tocsin.dispatcher.address.Allowlist;
import tocsin.dispatcher.address.Unsubscriptions;
import tocsin.dispatcher.dispatch.NoticeRepository;
import tocsin.dispatcher.incident.ForgottenRepository;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.ErasureSubject;

/** Removes what is kept of a person. */
@Singleton
final class ErasureRepository {

    private final SqlClient sql;
    private final Allowlist allowlist;
    private final LateRepository late;
    private final NoticeRepository notices;
    private final RequestRepository requests;
    private final Unsubscriptions unsubscriptions;
    private final ForgottenRepository forgotten;

    ErasureRepository(
            SqlClient sql,
            Allowlist allowlist,
            LateRepository late,
            NoticeRepository notices,
            RequestRepository requests,
            Unsubscriptions unsubscriptions,
            ForgottenRepository forgotten) {
        this.sql = sql;
        this.allowlist = allowlist;
        this.late = late;
        this.notices = notices;
        this.requests = requests;
        this.unsubscriptions = unsubscriptions;
        this.forgotten = forgotten;
    }

    /**
     * Matches that come later name the subject no more, either.
     *
     * @param by what was kept after it stays: it is a new fact
     * @return how many rows are gone
     */
    int erase(ErasureSubject subject, Instant by) {
        forgotten.remember(subject, by);
        int waiting = late.erase(subject, by) + notices.erase(subject, by) + requests.erase(subject, by);
        return waiting
                + switch (subject) {
                    case ErasureSubject.OfToken token ->
                        eraseAudience(token.token().text(), by);
                    // The limits of confirmation mails stay: they know no address, protect its owner, and age within
                    // days.
                    case ErasureSubject.OfEmail email ->
                        allowlist.removeEverywhere(email.hash(), by)
                                + forgetAddress(email.hash(), by)
                                + unsubscriptions.forget(email.hash(), by);
                    // What was told of an organisation's downloads names events, not people.
                    case ErasureSubject.OfOrganisation _ -> 0;
                };
    }

    /** That a mail was told there is forgotten as well: a correction of it goes to nobody, whatever address is chosen since. */
    private int forgetAddress(String hash, Instant by) {
        return sql.update("""
                delete from told_channel c using told_incident i
                where c.recipient = ? and i.incident_id = c.incident_id and i.audience = c.audience and i.told_at <= ?
                """, hash, by);
    }

    /** A delivery that settles later finds no row, and closes nothing. */
    private int eraseAudience(String audience, Instant by) {
        return sql.inTransaction(() -> {
            int rows = sql.update("""
                    delete from told t using told_incident i
                    where i.audience = ? and i.incident_id = t.incident_id and i.audience = t.audience and t.told_at <= ?
                    """, audience, by);
            rows += sql.update("""
                    delete from told_channel c using told_incident i
                    where c.audience = ? and i.incident_id = c.incident_id and i.audience = c.audience and i.told_at <= ?
                    """, audience, by);
            rows += sql.update("delete from campaign where audience = ?", audience);
            rows += sql.update("delete from told_incident where audience = ? and told_at <= ?", audience, by);
            rows += sql.update("""
                    delete from ledger using notification
                    where ledger.notification_id = notification.notification_id
                      and notification.audience = ? and notification.created_at <= ?
                    """, audience, by);
            return rows + sql.update("delete from notification where audience = ? and created_at <= ?", audience, by);
        });
    }
}
