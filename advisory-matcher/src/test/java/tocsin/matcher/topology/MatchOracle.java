package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;

/**
 * The join in its plainest form: lists that are searched by brute force, which know no order of versions but the place in a list, and
 * neither keys nor partitions nor state.
 */
final class MatchOracle {

    /** Ascending; the last has no place in npm's order. */
    static final List<String> VERSIONS = List.of(
            "0.9.0", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "2.0.0-0", "2.0.0", "99999999999999999999.0.0", "odd");

    static final int UNORDERED = VERSIONS.size() - 1;
    static final List<String> AUDIENCES = List.of("org:a", "org:a1", "token:" + "0".repeat(64));
    static final Instant START = Instant.parse("2026-04-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofDays(7);

    sealed interface Step {}

    record Fetch(
            String eventId,
            String name,
            String version,
            String audience,
            Instant fetchedAt,
            Instant receivedAt,
            boolean internal)
            implements Step {

        DownloadRecorded.Builder message() {
            return Samples.download(eventId)
                    .setPackageName(name)
                    .setVersion(version)
                    .setAudience(audience)
                    .setFetchedAt(fetchedAt)
                    .setReceivedAt(receivedAt)
                    .setOriginRegistry(internal ? "npm.example.com" : null);
        }
    }

    /** @param from place of the first affected version; {@code to}: of the first that is not, or past the end */
    record Publication(
            String feed,
            String id,
            String name,
            Instant modified,
            Instant published,
            Instant receivedAt,
            boolean withdrawn,
            Set<String> listed,
            int from,
            int to)
            implements Step {

        boolean isAll() {
            return from == 0 && to == VERSIONS.size();
        }

        boolean affects(String version) {
            int place = VERSIONS.indexOf(version);
            return listed.contains(version) || isAll() || (place != UNORDERED && place >= from && place < to);
        }

        /** What is affected, as the record words it. */
        String says() {
            return listed + " " + events();
        }

        String events() {
            return from >= to
                    ? ""
                    : "{\"introduced\": \"%s\"}%s"
                            .formatted(
                                    from == 0 ? "0" : VERSIONS.get(from),
                                    to >= UNORDERED ? "" : ", {\"fixed\": \"%s\"}".formatted(VERSIONS.get(to)));
        }

        AdvisoryPublished message() {
            String events = events();
            String json = """
                    {"id": "%s", "modified": "%s", "published": "%s"%s, "affected": [{
                      "package": {"ecosystem": "npm", "name": "%s"}, "versions": [%s]%s}]}
                    """.formatted(
                    id,
                    modified,
                    published,
                    withdrawn ? ", \"withdrawn\": \"" + modified + "\"" : "",
                    name,
                    listed.stream().map(v -> "\"" + v + "\"").collect(Collectors.joining(", ")),
                    events.isEmpty() ? "" : ", \"ranges\": [{\"type\": \"SEMVER\", \"events\": [" + events + "]}]");
            return new AdvisoryPublished(feed, json, receivedAt);
        }
    }

    /** What of a match the oracle foretells. */
    record Told(
            String feed,
            String id,
            Instant revision,
            String name,
            String audience,
            List<String> eventIds,
            Set<String> versions,
            boolean late) {

        static Told of(AdvisoryMatched match) {
            return new Told(
                    match.getAdvisory().getFeed(),
                    match.getAdvisory().getAdvisoryId(),
                    match.getAdvisory().getRevision(),
                    match.getAdvisory().getPackageName(),
                    match.getAudience(),
                    match.getDownloads().stream()
                            .map(AffectedDownload::getEventId)
                            .toList(),
                    new TreeSet<>(match.getFetchedVersions()),
                    match.getLate());
        }
    }

    private final Map<String, Fetch> fetched = new HashMap<>();
    private final Map<String, List<Publication>> accepted = new HashMap<>();

    /** What was known when each revision was accepted: the last is the revision. */
    private final List<List<Publication>> histories = new ArrayList<>();

    List<Told> expect(Step step) {
        return switch (step) {
            case Fetch fetch -> expectOfFetch(fetch);
            case Publication publication -> expectOfPublication(publication);
        };
    }

    private List<Told> expectOfFetch(Fetch fetch) {
        fetched.merge(fetch.eventId(), fetch, (a, b) -> a.receivedAt().isBefore(b.receivedAt()) ? a : b);
        return current().stream()
                .filter(publication -> !publication.withdrawn()
                        && publication.name().equals(fetch.name())
                        && isMatch(history(publication), fetch))
                .map(publication -> told(publication, fetch.name(), fetch.audience(), List.of(fetch), true))
                .toList();
    }

    private List<Told> expectOfPublication(Publication publication) {
        List<Publication> history = history(publication);
        if (!history.isEmpty()
                && publication.modified().isBefore(history.getLast().modified())) {
            return List.of();
        }
        history.add(publication);
        histories.add(List.copyOf(history));
        return history.stream()
                .map(Publication::name)
                .distinct()
                .flatMap(name -> AUDIENCES.stream()
                        .map(audience ->
                                told(publication, name, audience, matching(publication, name, audience), false)))
                .filter(told -> !told.eventIds().isEmpty())
                .toList();
    }

    private List<Publication> history(Publication publication) {
        return accepted.computeIfAbsent(publication.feed() + " " + publication.id(), _ -> new ArrayList<>());
    }

    List<Fetch> matching(Publication publication, String name, String audience) {
        return matching(history(publication), name, audience);
    }

    private List<Fetch> matching(List<Publication> history, String name, String audience) {
        return fetched.values().stream()
                .filter(fetch ->
                        fetch.audience().equals(audience) && fetch.name().equals(name) && isMatch(history, fetch))
                .sorted(Comparator.comparing(Fetch::fetchedAt).reversed().thenComparing(Fetch::eventId))
                .toList();
    }

    private static boolean isMatch(List<Publication> history, Fetch fetch) {
        Instant known = Collections.min(List.of(fetch.fetchedAt(), fetch.receivedAt()));
        return !fetch.internal()
                && until(history, fetch.name(), fetch.version())
                        .filter(until -> !known.isAfter(until))
                        .isPresent();
    }

    /** The downloads that must have been told of in the end, whatever came first, by {@link #key}. */
    Map<String, Set<String>> mustBeTold() {
        Map<String, Set<String>> whole = new HashMap<>();
        for (Publication standing : current()) {
            if (!standing.withdrawn()) {
                AUDIENCES.forEach(audience -> put(
                        whole,
                        key(standing, standing.name(), audience),
                        matching(standing, standing.name(), audience)));
            }
        }
        return whole;
    }

    /** The downloads that may have been told of, by {@link #key}: also of revisions that another one replaced, and of who took back. */
    Map<String, Set<String>> mayBeTold() {
        Map<String, Set<String>> most = new HashMap<>();
        for (List<Publication> history : histories) {
            for (String name :
                    history.stream().map(Publication::name).distinct().toList()) {
                AUDIENCES.forEach(audience ->
                        put(most, key(history.getLast(), name, audience), matching(history, name, audience)));
            }
        }
        return most;
    }

    private static void put(Map<String, Set<String>> events, String key, List<Fetch> fetches) {
        if (!fetches.isEmpty()) {
            events.computeIfAbsent(key, _ -> new TreeSet<>())
                    .addAll(fetches.stream().map(Fetch::eventId).toList());
        }
    }

    private static String key(Publication publication, String name, String audience) {
        return String.join(
                " ",
                publication.feed(),
                publication.id(),
                publication.modified().toString(),
                name,
                audience);
    }

    /** The downloads that were told of, by the same keys. */
    static Map<String, Set<String>> told(Collection<AdvisoryMatched> matches) {
        Map<String, Set<String>> told = new HashMap<>();
        for (AdvisoryMatched match : matches) {
            String key = String.join(
                    " ",
                    match.getAdvisory().getFeed(),
                    match.getAdvisory().getAdvisoryId(),
                    match.getAdvisory().getRevision().toString(),
                    match.getAdvisory().getPackageName(),
                    match.getAudience());
            Set<String> events = told.computeIfAbsent(key, _ -> new TreeSet<>());
            match.getDownloads().stream().map(AffectedDownload::getEventId).forEach(events::add);
        }
        return told;
    }

    /** A time in which what was said of one package did not change, though revisions came. */
    private record Span(String says, Publication by, Instant received, Instant announced) {

        boolean names(String version) {
            return !says.isEmpty() && by.affects(version);
        }

        Instant until() {
            return Collections.min(List.of(received, announced.plus(GRACE)));
        }
    }

    private static List<Span> spans(List<Publication> history, String name) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < history.size(); i++) {
            Publication p = history.get(i);
            if (spans.isEmpty() && !p.name().equals(name)) {
                continue;
            }
            String says = p.name().equals(name) && !p.withdrawn() ? p.says() : "";
            if (!spans.isEmpty() && spans.getLast().says().equals(says)) {
                Span same = spans.removeLast();
                spans.add(new Span(
                        says, same.by(), Collections.min(List.of(same.received(), p.receivedAt())), same.announced()));
            } else {
                spans.add(new Span(says, p, p.receivedAt(), i == 0 ? p.published() : p.modified()));
            }
        }
        return spans;
    }

    private static Optional<Instant> until(List<Publication> history, String name, String version) {
        List<Span> spans = spans(history, name);
        Publication standing = history.getLast();
        if (standing.name().equals(name) && !standing.withdrawn()) {
            // As far back as it was named without a break.
            List<Instant> unbroken = spans.reversed().stream()
                    .takeWhile(span -> span.names(version))
                    .map(Span::until)
                    .toList();
            return unbroken.stream().min(Comparator.naturalOrder());
        }
        Optional<Instant> ever = spans.stream()
                .filter(span -> span.names(version))
                .map(Span::until)
                .max(Comparator.naturalOrder());
        return ever.isEmpty() && standing.name().equals(name) && standing.affects(version)
                ? Optional.of(spans.getLast().until())
                : ever;
    }

    List<Publication> current() {
        return accepted.values().stream()
                .filter(history -> !history.isEmpty())
                .map(List::getLast)
                .toList();
    }

    private static Told told(Publication publication, String name, String audience, List<Fetch> fetches, boolean late) {
        return new Told(
                publication.feed(),
                publication.id(),
                publication.modified(),
                name,
                audience,
                fetches.stream().map(Fetch::eventId).toList(),
                fetches.stream().map(Fetch::version).collect(Collectors.toCollection(TreeSet::new)),
                late);
    }
}
