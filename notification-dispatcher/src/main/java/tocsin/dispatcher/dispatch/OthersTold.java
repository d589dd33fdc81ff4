package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.TakeBackRepository;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/**
 * Takes an incident back from those who were told of an advisory of it that was withdrawn earlier: the match of the last one names only those whom that one
 * concerned.
 */
@Singleton
final class OthersTold {

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final TakeBackRepository waiting;
    private final Withdrawal withdrawal;

    OthersTold(SqlClient sql, IncidentRepository incidents, TakeBackRepository waiting, Withdrawal withdrawal) {
        this.sql = sql;
        this.incidents = incidents;
        this.waiting = waiting;
        this.withdrawal = withdrawal;
    }

    /** One audience, in a transaction of its own. */
    void takeBack(TakeBackRepository.Due due, Audience audience) {
        sql.inTransaction(() -> {
            incidents.lock(audience);
            // One that became part of another meanwhile waits again under that one's id.
            if (incidents.findOrCreate(due.advisory()).equals(due.incident())) {
                Match match = match(due, audience);
                withdrawal.takeBack(match, match.id(), due.incident());
            }
        });
    }

    /** As the matcher would have made it for this audience; its id is the notification's. */
    static Match match(TakeBackRepository.Due due, Audience audience) {
        return new Match(
                NotificationIds.ofTakeBack(due.match(), audience),
                audience,
                due.advisory(),
                List.of(),
                Optional.empty(),
                List.of(),
                false);
    }

    /**
     * Once it was tried for everybody.
     *
     * @param aside whom it cannot be taken back from, and who are not waited for
     */
    void end(UUID incident, Collection<String> aside) {
        sql.inTransaction(() -> {
            incidents.lock(incident);
            waiting.removeEnded(incident, aside);
        });
    }
}
