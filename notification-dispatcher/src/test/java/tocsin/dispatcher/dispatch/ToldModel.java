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

    private final class Incident {
        final Set<String> ids = new HashSet<>();
        final Map<String, String> told = new HashMap<>();
        final List<Match> waiting = new ArrayList<>();
        /** Destinations that were told since it was last taken back. */
        final Set<String> where = new TreeSet<>();

        Optional<Severity> severity = Optional.empty();

        void swallow(Incident other) {
            ids.addAll(other.ids);
            told.putAll(other.told);
            waiting.addAll(other.waiting);
            where.addAll(other.where);
            notices.stream().filter(it -> it.incident == other).forEach(it -> it.incident = this);
            other.severity.ifPresent(it -> severity = Optional.of(
                    severity.map(mine -> SeverityRank.higher(mine, it)).orElse(it)));
        }
    }

    /** How a destination's part of a notification stands. */
    private enum Stands {
        HELD,
        PENDING,
        DELIVERED,
        FAILED,
        SUPPRESSED
    }

    /** What is told at one destination, and how that stands. */
    private record Part(String told, Stands stands) {
        @Override
        public String toString() {
            return switch (stands) {
                case HELD -> "held";
                case SUPPRESSED -> "suppressed";
                case PENDING, DELIVERED, FAILED -> told;
            };
        }
    }

    /** One notification. */
    private static final class Told {
        final String kind;
        Incident incident;
        final Map<String, Part> parts = new TreeMap<>();
        /** Whether its mail tells all that its webhook does. */
        boolean mailed;
        /** The one that takes back its webhook. */
        Optional<Told> correction = Optional.empty();

        Told(String kind, Incident incident) {
            this.kind = kind;
            this.incident = incident;
        }

        void tell(String destination, String told, Stands how) {
            parts.put(destination, new Part(told, how));
        }

        boolean webhookIs(Stands how) {
            return webhook().filter(it -> it.stands() == how).isPresent();
        }

        Optional<Part> webhook() {
            return Optional.ofNullable(parts.get(ToldOracleTest.WEBHOOK));
        }

        boolean isWithdrawal() {
            return kind.equals("withdrawn");
        }

        /** Whether its webhook, if there is one that was asked for, is to be corrected yet. */
        boolean counts() {
            return !isWithdrawal()
                    && webhook().isPresent()
                    && !webhookIs(Stands.SUPPRESSED)
                    && correction.filter(it -> !it.webhookIs(Stands.FAILED)).isEmpty();
        }

        @Override
        public String toString() {
            return kind
                    + parts.entrySet().stream()
                            .map(it -> " " + it.getKey() + " " + it.getValue())
                            .collect(Collectors.joining());
        }
    }

    private record Newest(Instant revision, boolean live) {}

    private final List<Incident> incidents = new ArrayList<>();
    private final Map<String, Newest> advisories = new HashMap<>();
    private final Set<UUID> handled = new HashSet<>();
    private final List<UUID> beganToWait = new ArrayList<>();
    private final List<Told> notices = new ArrayList<>();

    /** Since when each destination is told; of those that are on. */
    final Map<String, Instant> savedAt =
            new TreeMap<>(Map.of(ToldOracleTest.WEBHOOK, Instant.EPOCH, ToldOracleTest.EMAIL, Instant.EPOCH));

    boolean entitled = true;
    boolean webhooks = true;
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
                beganToWait.add(match.id());
            }
        } else {
            decide(match, incident);
        }
    }

    void followUps() {
        for (Incident incident : inTheirTurn()) {
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

    /** Who has waited for longest goes first. */
    private List<Incident> inTheirTurn() {
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
    private Set<String> owed(List<Match> waited) {
        return waited.stream()
                .filter(it -> stands(it) && !isTooLow(newest(it, waited)))
                .flatMap(it -> it.downloads().stream())
                .filter(it -> savedAt.entrySet().stream()
                        .anyMatch(
                                each -> mayGo(each.getKey()) && !it.fetchedAt().isBefore(each.getValue())))
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
        Told correction = new Told("withdrawn", incident);
        if (incident.where.contains(ToldOracleTest.EMAIL)) {
            correction.tell(ToldOracleTest.EMAIL, "", entitled ? Stands.PENDING : Stands.SUPPRESSED);
        }
        List<Told> webhooks = notices.stream()
                .filter(it -> it.incident == incident && it.counts())
                .toList();
        if (incident.where.contains(ToldOracleTest.WEBHOOK) && !webhooks.isEmpty()) {
            Stands reached = reached(webhooks);
            correction.tell(
                    ToldOracleTest.WEBHOOK,
                    "",
                    reached == Stands.PENDING && !mayGo(ToldOracleTest.WEBHOOK) ? Stands.SUPPRESSED : reached);
            correction.mailed = entitled && correction.parts.containsKey(ToldOracleTest.EMAIL);
        }
        webhooks.forEach(it -> it.correction = Optional.of(correction));
        incident.where.clear();
        if (!correction.parts.isEmpty()) {
            handled.add(match.id());
            notices.add(correction);
        }
    }

    private boolean mayGo(String destination) {
        return entitled && (webhooks || !destination.equals(ToldOracleTest.WEBHOOK));
    }

    private boolean goes(String destination, Severity severity) {
        return mayGo(destination) && !isTooLow(severity);
    }

    /** A correction never comes before what it takes back, and does not come to whom nothing came. */
    private static Stands reached(List<Told> webhooks) {
        if (webhooks.stream().anyMatch(it -> it.webhookIs(Stands.PENDING))) {
            return Stands.HELD;
        }
        return webhooks.stream().anyMatch(it -> it.webhookIs(Stands.DELIVERED)) ? Stands.PENDING : Stands.SUPPRESSED;
    }

    /** How many notifications there are. */
    int size() {
        return notices.size();
    }

    /** Kind, and for each destination the downloads' ids in order of their names, each notification in turn. */
    List<String> notifications() {
        return notices.stream().map(Told::toString).toList();
    }

    /** How the webhook of a notification ended; of one that had failed, after it was sent again. */
    void settle(int number, boolean delivered) {
        Told told = notices.get(number);
        boolean again = told.webhookIs(Stands.FAILED);
        told.tell(
                ToldOracleTest.WEBHOOK,
                told.webhook().orElseThrow().told(),
                delivered ? Stands.DELIVERED : Stands.FAILED);
        if (!delivered && !again) {
            tellByMail(told);
        }
        if (delivered && again) {
            told.correction.ifPresent(it -> correctAfterAll(told, it));
        }
        List.copyOf(notices).stream().filter(it -> it.webhookIs(Stands.HELD)).forEach(this::letGo);
    }

    private void tellByMail(Told told) {
        if (told.mailed || told.correction.isPresent()) {
            return;
        }
        boolean rangAnew = told.isWithdrawal() && told.incident.severity.isPresent();
        Told mail = new Told("undelivered", told.incident);
        mail.tell(
                ToldOracleTest.EMAIL,
                told.webhook().orElseThrow().told(),
                entitled && !rangAnew ? Stands.PENDING : Stands.SUPPRESSED);
        notices.add(mail);
        if (entitled && !told.isWithdrawal()) {
            told.incident.where.add(ToldOracleTest.EMAIL);
        }
    }

    private void correctAfterAll(Told told, Told correction) {
        if (correction.webhookIs(Stands.HELD)) {
            return;
        }
        if (told.incident.severity.isPresent()) {
            told.correction = Optional.empty();
            told.incident.where.add(ToldOracleTest.WEBHOOK);
            return;
        }
        Told after = new Told("withdrawn", told.incident);
        after.tell(ToldOracleTest.WEBHOOK, "", mayGo(ToldOracleTest.WEBHOOK) ? Stands.PENDING : Stands.SUPPRESSED);
        notices.add(after);
        told.correction = Optional.of(after);
    }

    private void letGo(Told correction) {
        List<Told> takesBack = notices.stream()
                .filter(it -> it.correction.filter(correction::equals).isPresent())
                .toList();
        Stands reached = reached(takesBack);
        if (reached == Stands.PENDING && correction.incident.severity.isPresent()) {
            takesBack.forEach(it -> it.correction = Optional.empty());
            correction.incident.where.add(ToldOracleTest.WEBHOOK);
            reached = Stands.SUPPRESSED;
        }
        correction.tell(
                ToldOracleTest.WEBHOOK,
                "",
                reached == Stands.PENDING && !mayGo(ToldOracleTest.WEBHOOK) ? Stands.SUPPRESSED : reached);
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
        Told notice = new Told(kind, incident);
        tells.forEach((destination, downloads) -> {
            notice.tell(destination, ids(downloads), goes(destination, severity) ? Stands.PENDING : Stands.SUPPRESSED);
        });
        notice.mailed = Set.copyOf(tells.getOrDefault(ToldOracleTest.EMAIL, List.of()))
                .containsAll(tells.getOrDefault(ToldOracleTest.WEBHOOK, List.of()));
        notices.add(notice);
        tells.keySet().removeIf(it -> !goes(it, severity));
        if (tells.isEmpty()) {
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
