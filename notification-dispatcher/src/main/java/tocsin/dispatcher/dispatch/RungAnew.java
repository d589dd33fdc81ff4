package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.ledger.LedgerRepository;

/** Says of corrections that waited whether what they take back rang anew meanwhile: that nothing is affected is true no more then. */
@Singleton
final class RungAnew {

    /** Why such a correction does not go, for the ledger. */
    static final String REASON = "told_again";

    private final IncidentRepository incidents;
    private final LedgerRepository ledger;

    RungAnew(IncidentRepository incidents, LedgerRepository ledger) {
        this.incidents = incidents;
        this.ledger = ledger;
    }

    /**
     * Within a transaction that has locked the audience.
     *
     * @return the incident that its audience was told of since, as it is called now
     */
    Optional<UUID> incident(Notice correction) {
        return ledger.incidentOf(correction.notification())
                .filter(incident -> incidents.knows(incident, correction.match().audience()));
    }
}
