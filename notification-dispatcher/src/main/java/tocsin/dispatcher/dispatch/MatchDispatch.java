package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import tocsin.dispatcher.incident.ErasedMatch;
import tocsin.dispatcher.incident.ForgottenRepository;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.ErasureSubject;

/** From a match to what is written of it: all in one transaction, or nothing. A repeat of a match changes nothing. */
@Singleton
final class MatchDispatch {

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final LedgerRepository ledger;
    private final Deciding deciding;
    private final Standings standings;
    private final FollowUps followUps;
    private final Withdrawal withdrawal;
    private final ForgottenRepository forgotten;

    MatchDispatch(
            SqlClient sql,
            IncidentRepository incidents,
            LedgerRepository ledger,
            Deciding deciding,
            Standings standings,
            FollowUps followUps,
            Withdrawal withdrawal,
            ForgottenRepository forgotten) {
        this.sql = sql;
        this.incidents = incidents;
        this.ledger = ledger;
        this.deciding = deciding;
        this.standings = standings;
        this.followUps = followUps;
        this.withdrawal = withdrawal;
        this.forgotten = forgotten;
    }

    /**
     * @param bytes the match as it came, for one that has to wait
     * @param origin where it came from, likewise
     */
    void dispatch(Match match, byte[] bytes, LateRepository.Origin origin) {
        sql.inTransaction(() -> {
            Map<ErasureSubject, Instant> erased = forgotten.namedBy(match);
            if (erased.isEmpty()) {
                dispatchHere(match, bytes, origin);
            } else {
                byte[] rest = ErasedMatch.without(erased, bytes);
                dispatchHere(MatchReader.read(rest), rest, origin);
            }
        });
    }

    private void dispatchHere(Match match, byte[] bytes, LateRepository.Origin origin) {
        incidents.lock(match.audience());
        UUID notification = NotificationIds.ofMatch(match.id());
        if (ledger.has(notification) || followUps.decided(match.id())) {
            return;
        }
        UUID incident = incidents.findOrCreate(match.advisory());
        Memory memory = incidents.remember(
                incident,
                match.advisory(),
                match.audience(),
                standings.nextHolder(match.audience()),
                match.downloads());
        if (!match.advisory().isLive()) {
            withdrawal.hear(match, bytes, notification, incident);
        } else if (match.late() && memory.toldBefore()) {
            followUps.defer(match, bytes, origin, incident, memory);
        } else {
            deciding.decide(match, notification, incident, memory);
        }
    }
}
