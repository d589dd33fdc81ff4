package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.incident.Principal;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.routing.Decision;
import tocsin.dispatcher.routing.Router;
import tocsin.dispatcher.routing.Verdict;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.Severity;

/** A notice of something that never happened, on the way of the real ones: routed, written, sent, retried and settled as they are, and remembered by nobody. */
@Singleton
final class Drill {

    private static final Duration BETWEEN = Duration.ofMinutes(1);
    private static final String VERSION = "0.0.0-drill";

    private final SqlClient sql;
    private final LedgerRepository ledger;
    private final Standings standings;
    private final NoticeWriter writer;
    private final Clock clock;

    /** What a request for a drill led to. */
    sealed interface Started {

        /** @param decisions one for each destination that is switched on; none: nobody is told anything */
        record Sent(UUID notification, List<Decision> decisions) implements Started {
            public Sent {
                decisions = List.copyOf(decisions);
            }
        }

        /** There was one within the last minute. */
        record TooSoon() implements Started {}
    }

    Drill(SqlClient sql, LedgerRepository ledger, Standings standings, NoticeWriter writer, Clock clock) {
        this.sql = sql;
        this.ledger = ledger;
        this.standings = standings;
        this.writer = writer;
        this.clock = clock;
    }

    Started start(Audience.Organisation audience) {
        return sql.inTransaction(() -> {
            sql.lock("drill " + audience.orgId());
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            if (ledger.hasSince(audience, Notification.Kind.DRILL, now.minus(BETWEEN))) {
                return new Started.TooSoon();
            }
            UUID notification = NotificationIds.ofDrill(audience.orgId(), now);
            Match match = match(notification, audience, now);
            Memory nothing = new Memory(Set.of(), Set.of(), Optional.empty(), true);
            List<Decision> decisions = Router.route(match, nothing, standings.of(audience));
            List<NoticeWriter.Entry> entries = new ArrayList<>();
            for (Decision decision : decisions) {
                switch (decision.verdict()) {
                    case Verdict.Tell _ -> entries.add(new NoticeWriter.Entry.Tell(decision.destination(), match));
                    case Verdict.Suppressed suppressed ->
                        entries.add(new NoticeWriter.Entry.Refuse(
                                decision.destination(), suppressed.reason().text()));
                    case Verdict.NothingNew _ -> {}
                }
            }
            if (!entries.isEmpty()) {
                // An incident that no table knows: nothing is told of it later, and nothing is taken back.
                writer.write(
                        new Subject(notification, Notification.Kind.DRILL, notification, match, List.of()), entries);
            }
            return new Started.Sent(notification, decisions);
        });
    }

    private static Match match(UUID notification, Audience.Organisation audience, Instant now) {
        Advisory advisory = new Advisory(
                "drill",
                "DRILL-" + notification,
                new PackageKey(Ecosystem.NPM, "tocsin-drill"),
                now,
                now,
                Optional.empty(),
                false,
                List.of(),
                AdvisoryKind.MALWARE,
                // Below nobody's floor.
                Severity.CRITICAL,
                "This is a drill. There is no such package, and nobody fetched it.",
                Optional.empty(),
                false,
                List.of(VERSION),
                List.of());
        Principal nobody = new Principal(
                PrincipalType.CI_CD, "drill", "drill", Optional.empty(), Optional.of("example-org/drill"));
        return new Match(
                notification,
                audience,
                advisory,
                // Destinations that are saved in this very millisecond count from now on, too.
                List.of(new Download("drill", VERSION, now, now, nobody)),
                Optional.empty(),
                List.of(VERSION),
                false);
    }
}
