package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.incident.ToldChannel;
import tocsin.dispatcher.ledger.CorrectionRepository;
import tocsin.dispatcher.routing.Decision;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Router;
import tocsin.dispatcher.routing.Verdict;
import tocsin.schemas.Audience;

/** Tells an audience what a match brings, and remembers it; within the caller's transaction, which has locked the audience. */
@Singleton
final class Deciding {

    private static final Logger LOG = LoggerFactory.getLogger(Deciding.class);

    private final IncidentRepository incidents;
    private final CorrectionRepository corrections;
    private final Standings standings;
    private final NoticeWriter writer;

    Deciding(IncidentRepository incidents, CorrectionRepository corrections, Standings standings, NoticeWriter writer) {
        this.incidents = incidents;
        this.corrections = corrections;
        this.standings = standings;
        this.writer = writer;
    }

    void decide(Match match, UUID notification, UUID incident, Memory memory) {
        List<Decision> decisions = Router.route(match, memory, standings.of(match.audience())).stream()
                .filter(it -> !(it.verdict() instanceof Verdict.NothingNew))
                .toList();
        if (decisions.isEmpty()) {
            return;
        }
        Subject subject = new Subject(
                notification,
                Router.kind(match, memory, decisions),
                incident,
                match,
                incidents.toldWhere(incident, match.audience()));
        List<NoticeWriter.Entry> entries = new ArrayList<>();
        List<ToldChannel> channels = new ArrayList<>();
        Set<Download> told = new LinkedHashSet<>();
        for (Decision decision : decisions) {
            Destination destination = decision.destination();
            switch (decision.verdict()) {
                case Verdict.Tell tell -> {
                    entries.add(new NoticeWriter.Entry.Tell(destination, told(match, tell)));
                    channels.add(channel(destination, notification));
                    told.addAll(tell.downloads());
                }
                case Verdict.Suppressed suppressed ->
                    entries.add(new NoticeWriter.Entry.Refuse(
                            destination, suppressed.reason().text()));
                case Verdict.NothingNew _ -> {}
            }
        }
        if (!told.isEmpty()
                && !memory.toldBefore()
                && standings.nextHolder(match.audience()).isPresent()) {
            // What there is left was told to the holder before: nothing of it counts for this one, and nobody is
            // corrected.
            incidents.takeBack(incident, match.audience());
            corrections.takeBack(UUID.randomUUID(), incident, match.audience());
        }
        writer.write(subject, entries);
        if (!told.isEmpty()) {
            incidents.tell(
                    incident, match.audience(), notification, match.advisory().severity(), told);
            if (decisions.stream().anyMatch(it -> it.verdict() instanceof Verdict.Tell tell && tell.truncated())) {
                incidents.tellOfMore(incident, match.audience(), notification, match.fetchedVersions());
            }
            channels.forEach(channel -> incidents.toldAt(incident, match.audience(), channel));
        }
        LOG.atInfo()
                .addKeyValue("notificationId", notification)
                .addKeyValue("matchId", match.id())
                .addKeyValue("kind", subject.kind().text())
                .addKeyValue("downloads", told.size())
                .addKeyValue("requests", channels.size())
                .log("notification.decided");
    }

    private Match told(Match match, Verdict.Tell tell) {
        return new Match(
                match.id(),
                match.audience(),
                match.advisory(),
                tell.downloads(),
                // What the destination may not know of is no older download to it.
                match.nextOlderAt().filter(_ -> tell.truncated()),
                versions(match, tell),
                match.late());
    }

    /** A token may have been another's, and what that one fetched is none of the holder's affair. */
    private List<String> versions(Match match, Verdict.Tell tell) {
        return match.audience() instanceof Audience.Token
                        && (tell.downloads().size() < match.downloads().size()
                                || standings.nextHolder(match.audience()).isPresent())
                ? tell.downloads().stream()
                        .map(Download::version)
                        .distinct()
                        .sorted()
                        .toList()
                : match.fetchedVersions();
    }

    static ToldChannel channel(Destination destination, UUID notification) {
        return channel(destination, notification, Optional.empty(), false);
    }

    static ToldChannel channel(Destination destination, UUID first, Optional<UUID> mail, boolean reached) {
        return switch (destination) {
            case Destination.Webhook(String endpointId) ->
                new ToldChannel(endpointId, Optional.empty(), Optional.empty(), first, mail, reached);
            case Destination.Email email ->
                new ToldChannel(
                        email.ledgerName(),
                        Optional.of(email.address()),
                        Optional.of(email.language().code()),
                        first,
                        mail,
                        reached);
        };
    }
}
