package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.store.SqlClient;

/** The first notice goes at once; what only adds to it waits a little, or an installation on many machines would be as many mails. */
@Singleton
final class FollowUps {

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final LateRepository late;
    private final Deciding deciding;
    private final Standings standings;
    private final FollowUpConfig config;
    private final Clock clock;

    FollowUps(
            SqlClient sql,
            IncidentRepository incidents,
            LateRepository late,
            Deciding deciding,
            Standings standings,
            FollowUpConfig config,
            Clock clock) {
        this.sql = sql;
        this.incidents = incidents;
        this.late = late;
        this.deciding = deciding;
        this.standings = standings;
        this.config = config;
        this.clock = clock;
    }

    /** Whether the match waited and was decided, alone or together with others. */
    boolean decided(UUID match) {
        return late.wasDecided(match);
    }

    /** Within the transaction of the match; does nothing where all of it was told. */
    void defer(Match match, byte[] bytes, LateRepository.Origin origin, UUID incident, Memory memory) {
        boolean something =
                match.downloads().stream().anyMatch(it -> !memory.told().contains(it.eventId()));
        if (something) {
            late.add(
                    incident,
                    match,
                    bytes,
                    origin,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(config.window()));
        }
    }

    /** Tells what waited long enough. */
    void tell(LateRepository.Due due) {
        sql.inTransaction(() -> {
            incidents.lock(due.audience());
            Optional<Match> first = late.first(due);
            // An incident that became part of another meanwhile is due again under that one's id. From here on none can
            // become part of this one, so all that is read is what is decided.
            if (first.isEmpty()
                    || !incidents.findOrCreate(first.get().advisory()).equals(due.incident())) {
                return;
            }
            List<Match> matches = late.together(due);
            late.decided(due, clock.instant());
            for (Match match : matches) {
                // What the one before told is known to this one.
                Memory memory = incidents.remember(
                        due.incident(),
                        match.advisory(),
                        match.audience(),
                        standings.nextHolder(match.audience()),
                        match.downloads());
                deciding.decide(match, NotificationIds.ofMatch(match.id()), due.incident(), memory);
            }
        });
    }
}
