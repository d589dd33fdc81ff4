package tocsin.dispatcher.erasure;

import jakarta.inject.Singleton;
import java.time.Instant;
import tocsin.dispatcher.address.Allowlist;
import tocsin.dispatcher.dispatch.NoticeRepository;
import tocsin.dispatcher.incident.ForgottenRepository;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.ledger.ErasureBounds;
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
    private final ForgottenRepository forgotten;

    ErasureRepository(
            SqlClient sql,
            Allowlist allowlist,
            LateRepository late,
            NoticeRepository notices,
            RequestRepository requests,
            ForgottenRepository forgotten) {
        this.sql = sql;
        this.allowlist = allowlist;
        this.late = late;
        this.notices = notices;
        this.requests = requests;
        this.forgotten = forgotten;
    }

    /**
     * Matches that come later name the subject no more, either. What was written until that is so was written without knowing of the erasure and goes, whenever it
     * was asked for; what is written afterwards is a new fact.
     *
     * @param by when it was asked for: downloads and wishes for an address that are newer are new facts
     * @return how many rows are gone
     */
    int erase(ErasureSubject subject, Instant by) {
        // Before it is remembered: nothing is told there from then on.
        int listed = subject instanceof ErasureSubject.OfEmail email ? allowlist.removeEverywhere(email.hash(), by) : 0;
        Instant known = forgotten.remember(subject, by);
        ErasureBounds bounds = new ErasureBounds(by, known.isAfter(by) ? known : by);
        int waiting = late.erase(subject, by) + notices.erase(subject, bounds) + requests.erase(subject, bounds);
        return listed
                + waiting
                + switch (subject) {
                    case ErasureSubject.OfToken token ->
                        eraseAudience(token.token().text(), bounds.known());
                    // The limits of confirmation mails stay, and that somebody unsubscribed: they know no address
                    // and protect its owner.
                    case ErasureSubject.OfEmail email -> forgetAddress(email.hash(), bounds);
                    // What was told of an organisation's downloads names events, not people.
                    case ErasureSubject.OfOrganisation _ -> 0;
                };
    }

    /** That a mail was told there is forgotten as well: a correction of it goes to nobody, whatever address is chosen since. */
    private int forgetAddress(String hash, ErasureBounds bounds) {
        return sql.update("""
                delete from told_channel c using told_incident i
                where c.recipient = ? and i.incident_id = c.incident_id and i.audience = c.audience and i.told_at <= ?
                  and not exists (
                    select 1 from allowed_address a
                    where 'org:' || a.org_id = c.audience and a.recipient = c.recipient and a.requested_at > ?)
                """, hash, bounds.known(), bounds.requested());
    }

    /** A delivery that settles later finds no row, and closes nothing. */
    private int eraseAudience(String audience, Instant known) {
        return sql.inTransaction(() -> {
            int rows = sql.update("""
                    delete from told t using told_incident i
                    where i.audience = ? and i.incident_id = t.incident_id and i.audience = t.audience and t.told_at <= ?
                    """, audience, known);
            rows += sql.update("""
                    delete from told_channel c using told_incident i
                    where c.audience = ? and i.incident_id = c.incident_id and i.audience = c.audience and i.told_at <= ?
                    """, audience, known);
            rows += sql.update("delete from campaign where audience = ?", audience);
            rows += sql.update("delete from told_incident where audience = ? and told_at <= ?", audience, known);
            rows += sql.update("""
                    delete from ledger using notification
                    where ledger.notification_id = notification.notification_id
                      and notification.audience = ? and notification.created_at <= ?
                    """, audience, known);
            return rows
                    + sql.update("delete from notification where audience = ? and created_at <= ?", audience, known);
        });
    }
}
