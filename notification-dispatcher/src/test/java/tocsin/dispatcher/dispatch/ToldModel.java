package tocsin.dispatcher.dispatch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.SeverityRank;
import tocsin.schemas.avro.Severity;

/** What one organisation with a webhook and an address must be told of one package, written down as plainly as can be. */
final class ToldModel {

    private static final class Incident {
        final Set<String> ids = new HashSet<>();
        final Map<String, String> told = new HashMap<>();
        final List<Match> waiting = new ArrayList<>();
        /** Destinations that were told. */
        final Set<String> where = new TreeSet<>();

        Optional<Severity> severity = Optional.empty();

        void swallow(Incident other) {
            ids.addAll(other.ids);
            told.putAll(other.told);
            waiting.addAll(other.waiting);
            where.addAll(other.where);
            other.severity.ifPresent(it -> severity = Optional.of(
                    severity.map(mine -> SeverityRank.higher(mine, it)).orElse(it)));
        }
    }

    private record Newest(Instant revision, boolean live) {}

    private final List<Incident> incidents = new ArrayList<>();
    private final Map<String, Newest> advisories = new HashMap<>();
    private final Set<UUID> handled = new HashSet<>();
    /** Kind, and for each destination the downloads' ids in order of their names, each notification in turn. */
    final List<String> notifications = new ArrayList<>();

    /** Since when each destination is told. */
    final Map<String, Instant> savedAt =
            new TreeMap<>(Map.of(ToldOracleTest.WEBHOOK, Instant.EPOCH, ToldOracleTest.EMAIL, Instant.EPOCH));

    boolean entitled = true;
    Optional<Severity> floor = Optional.empty();

    void match(Match match) {
        if (handled.contains(match.id())) {
            return;
        }
        Incident incident = incidentOf(match);
        seen(match);
        if (!match.advisory().isLive()) {
            withdraw(match, incident);
        } else if (match.late() && incident.severity.isPresent()) {
            boolean something = match.downloads().stream().anyMatch(it -> !incident.told.containsKey(it.eventId()));
            if (something && incident.waiting.stream().noneMatch(it -> it.id().equals(match.id()))) {
                incident.waiting.add(match);
            }
        } else {
            decide(match, incident);
        }
    }

    void followUps() {
        for (Incident incident : incidents) {
            List<Match> waited = List.copyOf(incident.waiting);
            Set<String> owed = owed(waited);
            waited.forEach(it -> handled.add(it.id()));
            incident.waiting.clear();
            ofEachAdvisory(waited).forEach(matches -> decide(together(matches), incident));
            assertTrue(
                    incident.told.keySet().containsAll(owed),
                    () -> "of " + owed + " only " + incident.told.keySet() + " are told");
        }
    }

    /**
     * What the audience must know afterwards, each match by itself, whatever it waited with: a download that any advisory names which stands and is not below the
     * floor.
     */
    private Set<String> owed(List<Match> waited) {
        return waited.stream()
                .filter(it -> entitled && stands(it) && !isTooLow(newest(it, waited)))
                .flatMap(it -> it.downloads().stream())
                .filter(it -> savedAt.values().stream()
                        .anyMatch(since -> !it.fetchedAt().isBefore(since)))
                .map(Download::eventId)
                .collect(Collectors.toSet());
    }

    private static Severity newest(Match match, List<Match> waited) {
        return waited.stream()
                .map(Match::advisory)
                .filter(it -> it.id().equals(match.advisory().id()))
                .max(Comparator.comparing(Advisory::revision))
                .orElseThrow()
                .severity();
    }

    private boolean stands(Match match) {
        Newest newest = advisories.get(match.advisory().id());
        return newest != null && newest.live();
    }

    private boolean isTooLow(Severity severity) {
        return severity != Severity.UNKNOWN
                && floor.filter(it -> SeverityRank.of(severity) < SeverityRank.of(it))
                        .isPresent();
    }

    /** The most severe first. */
    private static List<List<Match>> ofEachAdvisory(List<Match> matches) {
        return matches.stream()
                .collect(Collectors.groupingBy(it -> it.advisory().id(), TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .sorted(Comparator.comparingInt(it -> -SeverityRank.of(newest(it.getFirst(), it))))
                .toList();
    }

    /** Each is of one download, and there are never too many. The id is of no interest. */
    private static Match together(List<Match> matches) {
        Map<String, Download> downloads = new HashMap<>();
        Match newest = matches.getFirst();
        for (Match match : matches) {
            match.downloads().forEach(it -> downloads.put(it.eventId(), it));
            if (match.advisory().revision().isAfter(newest.advisory().revision())) {
                newest = match;
            }
        }
        List<Download> newestFirst = new ArrayList<>(downloads.values());
        newestFirst.sort(Comparator.comparing(Download::fetchedAt).reversed());
        return new Match(
                newest.id(),
                newest.audience(),
                newest.advisory(),
                newestFirst,
                Optional.empty(),
                newest.fetchedVersions(),
                true);
    }

    private void seen(Match match) {
        Newest newest = advisories.get(match.advisory().id());
        if (newest == null || newest.revision().isBefore(match.advisory().revision())) {
            advisories.put(
                    match.advisory().id(),
                    new Newest(match.advisory().revision(), match.advisory().isLive()));
        }
    }

    private Incident incidentOf(Match match) {
        Set<String> ids = new HashSet<>(match.advisory().aliases());
        ids.removeIf(it -> it.startsWith("CVE-"));
        ids.add(match.advisory().id());
        Incident all = new Incident();
        all.ids.addAll(ids);
        for (Incident incident : List.copyOf(incidents)) {
            if (incident.ids.stream().anyMatch(ids::contains)) {
                all.swallow(incident);
                incidents.remove(incident);
            }
        }
        incidents.add(all);
        return all;
    }

    private void withdraw(Match match, Incident incident) {
        boolean anyLive =
                incident.ids.stream().map(advisories::get).anyMatch(newest -> newest != null && newest.live());
        if (anyLive || incident.severity.isEmpty()) {
            return;
        }
        incident.severity = Optional.empty();
        incident.told.clear();
        handled.add(match.id());
        notifications.add("withdrawn"
                + incident.where.stream()
                        .map(it -> " " + it + (entitled ? "" : " suppressed"))
                        .collect(Collectors.joining()));
        incident.where.clear();
    }

    private void decide(Match match, Incident incident) {
        if (!stands(match)) {
            return;
        }
        Severity severity = match.advisory().severity();
        boolean worse = incident.severity
                .filter(told -> severity != Severity.UNKNOWN && SeverityRank.of(severity) > SeverityRank.of(told))
                .isPresent();
        Map<String, List<Download>> tells = new TreeMap<>();
        savedAt.forEach((destination, since) -> {
            List<Download> there = match.downloads().stream()
                    .filter(it -> !it.fetchedAt().isBefore(since))
                    .filter(it -> worse || !incident.told.containsKey(it.eventId()))
                    .toList();
            if (!there.isEmpty()) {
                tells.put(destination, there);
            }
        });
        if (tells.isEmpty()) {
            return;
        }
        Set<String> versions = new LinkedHashSet<>(incident.told.values());
        boolean knownVersions = tells.values().stream()
                .flatMap(List::stream)
                .filter(it -> !incident.told.containsKey(it.eventId()))
                .allMatch(it -> versions.contains(it.version()));
        String kind = incident.severity.isEmpty()
                ? "breach"
                : worse ? "severity_raised" : match.late() || knownVersions ? "follow_up" : "widened";
        handled.add(match.id());
        boolean suppressed = !entitled || isTooLow(severity);
        notifications.add(kind
                + tells.entrySet().stream()
                        .map(it -> " " + it.getKey() + " " + (suppressed ? "suppressed" : ids(it.getValue())))
                        .collect(Collectors.joining()));
        if (suppressed) {
            return;
        }
        tells.forEach((destination, downloads) -> {
            incident.where.add(destination);
            downloads.forEach(it -> incident.told.putIfAbsent(it.eventId(), it.version()));
        });
        incident.severity = Optional.of(
                incident.severity.map(it -> SeverityRank.higher(it, severity)).orElse(severity));
    }

    private static String ids(List<Download> downloads) {
        return downloads.stream().map(Download::eventId).sorted().collect(Collectors.joining(","));
    }
}
