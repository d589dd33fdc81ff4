package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
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
                withdrawal.takeBack(
                        new Match(due.match(), audience, due.advisory(), List.of(), Optional.empty(), List.of(), false),
                        NotificationIds.ofTakeBack(due.match(), audience),
                        due.incident());
            }
        });
    }

    /** Once it was tried for everybody. */
    void end(UUID incident) {
        sql.inTransaction(() -> {
            incidents.lock(incident);
            waiting.removeEnded(incident);
        });
    }
}
