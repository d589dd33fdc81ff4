package tocsin.dispatcher.dispatch;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.dispatcher.dispatch.ToldStanding.EMAIL;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tocsin.dispatcher.dispatch.ToldIncident.Fetched;
import tocsin.dispatcher.dispatch.ToldNotice.Stands;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.SeverityRank;
import tocsin.schemas.avro.Severity;

/** What one audience must be told of one package, written down as plainly as can be. */
final class ToldModel {

    private record Newest(Instant revision, boolean live) {}

    /**
     * What there is to tell at one destination.
     *
     * @param more whether older ones would belong here, too
     * @param widens whether some are of versions that the audience has not heard of
     */
    private record Tells(List<Download> downloads, boolean more, boolean widens) {

        String text() {
            return downloads.stream().map(Download::eventId).sorted().collect(Collectors.joining(","))
                    + (more ? "+" : "");
        }
    }

    private final ToldStanding standing;
    private final ToldNotices notices;
    /** The oldest first. */
    private final List<ToldIncident> incidents = new ArrayList<>();

    private final Map<String, Newest> advisories = new HashMap<>();
    private final Set<String> handled = new HashSet<>();
    private final List<String> beganToWait = new ArrayList<>();

    ToldModel(ToldStanding standing) {
        this.standing = standing;
        this.notices = new ToldNotices(standing);
    }

    ToldNotices notices() {
        return notices;
    }

    void match(Fetched match) {
        if (handled.contains(match.id())) {
            return;
        }
        ToldIncident incident = incidentOf(match.advisory());
        seen(match.advisory());
        if (!match.advisory().isLive()) {
            withdraw(match, incident);
        } else if (match.late() && known(incident).isKnown()) {
            defer(match, incident);
        } else {
            decide(match, incident);
        }
    }

    private void defer(Fetched match, ToldIncident incident) {
        boolean something = match.listed().stream().anyMatch(it -> !incident.told.containsKey(it.eventId()));
        if (something && incident.waiting.stream().noneMatch(it -> it.id().equals(match.id()))) {
            incident.waiting.add(match);
            beganToWait.add(match.id());
        }
    }

    void followUps() {
        for (ToldIncident incident : inTheirTurn()) {
            List<Fetched> waited = List.copyOf(incident.waiting);
            Set<String> owed = owed(waited);
            waited.forEach(it -> handled.add(it.id()));
            incident.waiting.clear();
            ofEachAdvisory(waited).forEach(matches -> decide(together(matches), incident));
            assertTrue(
                    incident.told.keySet().containsAll(owed),
                    () -> "of " + owed + " only " + incident.told.keySet() + " are told");
        }
    }

    /** Who has waited for longest goes first. */
    private List<ToldIncident> inTheirTurn() {
        return incidents.stream()
                .filter(it -> !it.waiting.isEmpty())
                .sorted(Comparator.comparingInt(it -> it.waiting.stream()
                        .mapToInt(waiting -> beganToWait.lastIndexOf(waiting.id()))
                        .min()
                        .orElseThrow()))
                .toList();
    }

    /**
     * What the audience must know afterwards, each match by itself, whatever it waited with: a download that any advisory names which stands and is not below the
     * floor.
     */
    private Set<String> owed(List<Fetched> waited) {
        return waited.stream()
                .filter(it -> stands(it.advisory()) && !standing.isTooLow(newest(it, waited)))
                .flatMap(it -> it.listed().stream())
                .filter(it -> standing.since().entrySet().stream()
                        .anyMatch(each ->
                                standing.mayGo(each.getKey()) && !it.fetchedAt().isBefore(each.getValue())))
                .map(Download::eventId)
                .collect(Collectors.toSet());
    }

    private static Severity newest(Fetched match, List<Fetched> waited) {
        return waited.stream()
                .map(Fetched::advisory)
                .filter(it -> it.id().equals(match.advisory().id()))
                .max(Comparator.comparing(Advisory::revision))
                .orElseThrow()
                .severity();
    }

    private boolean stands(Advisory advisory) {
        Newest newest = advisories.get(advisory.id());
        return newest != null && newest.live();
    }

    /** The most severe first. */
    private static List<List<Fetched>> ofEachAdvisory(List<Fetched> matches) {
        return matches.stream()
                .collect(Collectors.groupingBy(it -> it.advisory().id(), TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .sorted(Comparator.comparingInt(it -> -SeverityRank.of(newest(it.getFirst(), it))))
                .toList();
    }

    /** Each is of one download, and there are never too many. The id is of no interest. */
    private static Fetched together(List<Fetched> matches) {
        Map<String, Download> downloads = new HashMap<>();
        Fetched newest = matches.getFirst();
        for (Fetched match : matches) {
            match.listed().forEach(it -> downloads.put(it.eventId(), it));
            if (match.advisory().revision().isAfter(newest.advisory().revision())) {
                newest = match;
            }
        }
        List<Download> newestFirst = new ArrayList<>(downloads.values());
        newestFirst.sort(Comparator.comparing(Download::fetchedAt).reversed());
        return new Fetched(newest.id(), newest.advisory(), newestFirst, List.of(), true);
    }

    private void seen(Advisory advisory) {
        Newest newest = advisories.get(advisory.id());
        if (newest == null || newest.revision().isBefore(advisory.revision())) {
            advisories.put(advisory.id(), new Newest(advisory.revision(), advisory.isLive()));
        }
    }

    private ToldIncident incidentOf(Advisory advisory) {
        Set<String> ids = new HashSet<>(advisory.aliases());
        ids.removeIf(it -> it.startsWith("CVE-"));
        ids.add(advisory.id());
        List<ToldIncident> known = incidents.stream()
                .filter(it -> it.ids.stream().anyMatch(ids::contains))
                .toList();
        ToldIncident oldest = known.isEmpty() ? new ToldIncident() : known.getFirst();
        if (known.isEmpty()) {
            incidents.add(oldest);
        }
        oldest.ids.addAll(ids);
        known.stream().skip(1).forEach(younger -> {
            oldest.swallow(younger);
            notices.areOf(oldest, younger);
            incidents.remove(younger);
        });
        return oldest;
    }

    private void withdraw(Fetched match, ToldIncident incident) {
        boolean anyLive =
                incident.ids.stream().map(advisories::get).anyMatch(newest -> newest != null && newest.live());
        if (!anyLive && incident.isKnown() && notices.takeBack(incident)) {
            handled.add(match.id());
        }
    }

    /** What counts of an incident: nothing that was told to the holder before. */
    private ToldIncident known(ToldIncident incident) {
        boolean others = standing.isNextHolder()
                && incident.where.containsKey(EMAIL)
                && !standing.address().equals(Optional.of(incident.where.get(EMAIL)));
        return others ? new ToldIncident() : incident;
    }

    private void decide(Fetched match, ToldIncident incident) {
        if (!stands(match.advisory())) {
            return;
        }
        ToldIncident known = known(incident);
        Severity severity = match.advisory().severity();
        boolean worse = known.severity
                .filter(told -> severity != Severity.UNKNOWN && SeverityRank.of(severity) > SeverityRank.of(told))
                .isPresent();
        Map<String, Tells> tells = new TreeMap<>();
        standing.since()
                .forEach((destination, since) ->
                        tells(match, known, since, worse).ifPresent(it -> tells.put(destination, it)));
        if (tells.isEmpty()) {
            return;
        }
        handled.add(match.id());
        Map<String, Tells> going = new TreeMap<>(tells);
        going.keySet().removeIf(it -> !standing.mayGo(it) || standing.isTooLow(severity));
        boolean widens = (going.isEmpty() ? tells : going).values().stream().anyMatch(Tells::widens);
        String kind = !known.isKnown()
                ? "breach"
                : worse ? "severity_raised" : widens && !match.late() ? "widened" : "follow_up";
        ToldNotice notice = notices.add(kind, incident);
        tells.forEach((destination, tell) -> notice.tell(
                destination,
                to(destination) + tell.text(),
                going.containsKey(destination) ? Stands.PENDING : Stands.SUPPRESSED));
        notice.mailed = tells.containsKey(EMAIL)
                && tells.values().stream()
                        .allMatch(it -> tells.get(EMAIL).downloads().containsAll(it.downloads()));
        if (!going.isEmpty()) {
            if (known != incident) {
                incident.forget();
            }
            remember(match, incident, going);
        }
    }

    private String to(String destination) {
        return destination.equals(EMAIL) ? standing.address().orElse("") + " " : "";
    }

    private void remember(Fetched match, ToldIncident incident, Map<String, Tells> going) {
        going.forEach((destination, tell) -> {
            incident.where.put(destination, to(destination).strip());
            tell.downloads().forEach(it -> incident.told.putIfAbsent(it.eventId(), it.version()));
            if (tell.more()) {
                incident.more.addAll(match.versions());
            }
        });
        incident.hear(match.advisory().severity());
    }

    private static Optional<Tells> tells(Fetched match, ToldIncident known, Instant since, boolean worse) {
        List<Download> here = since(match.listed(), since);
        boolean leavesOut = !since(match.leftOut(), since).isEmpty();
        boolean ofUnknownVersions = leavesOut && !known.versions().containsAll(match.versions());
        List<Download> untold = here.stream()
                .filter(it -> worse || !known.told.containsKey(it.eventId()))
                .toList();
        if (untold.isEmpty() && !ofUnknownVersions) {
            return Optional.empty();
        }
        List<Download> tells = untold.isEmpty() ? here : untold;
        return Optional.of(new Tells(
                tells,
                // Else the oldest was told before, and with it what is behind it.
                leavesOut && (ofUnknownVersions || tells.contains(match.listed().getLast())),
                ofUnknownVersions
                        || untold.stream().anyMatch(it -> !known.versions().contains(it.version()))));
    }

    private static List<Download> since(List<Download> downloads, Instant since) {
        return downloads.stream().filter(it -> !it.fetchedAt().isBefore(since)).toList();
    }
}
