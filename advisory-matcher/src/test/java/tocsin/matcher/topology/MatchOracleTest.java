package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Samples.download;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AffectedDownload;

/**
 * Random histories and advisories in any order, against plain lists that are searched by brute force and know no version order but the
 * place in a list.
 */
class MatchOracleTest {

    private static final int CASES_PER_SEED = 40;

    /** Ascending; the last has no place in npm's order. */
    private static final List<String> VERSIONS = List.of(
            "0.9.0", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "2.0.0-0", "2.0.0", "99999999999999999999.0.0", "odd");

    private static final int UNORDERED = VERSIONS.size() - 1;
    private static final List<String> AUDIENCES = List.of("org:a", "org:a1", "token:" + "0".repeat(64));
    private static final Instant START = Instant.parse("2026-04-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofDays(7);

    private sealed interface Step {}

    private record Fetch(
            String eventId,
            String name,
            String version,
            String audience,
            Instant fetchedAt,
            Instant receivedAt,
            boolean internal)
            implements Step {}

    /** @param from place of the first affected version; {@code to}: of the first that is not, or past the end */
    private record Publication(
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

        private String events() {
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
    private record Told(
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

    /** The join in its plainest form. */
    private static final class Oracle {

        private final Map<String, Fetch> fetched = new HashMap<>();
        private final Map<String, List<Publication>> accepted = new HashMap<>();

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
                            && isMatch(publication, fetch))
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
            return fetched.values().stream()
                    .filter(fetch -> fetch.audience().equals(audience)
                            && fetch.name().equals(name)
                            && isMatch(publication, fetch))
                    .sorted(Comparator.comparing(Fetch::fetchedAt).reversed().thenComparing(Fetch::eventId))
                    .toList();
        }

        private boolean isMatch(Publication publication, Fetch fetch) {
            Instant known = Collections.min(List.of(fetch.fetchedAt(), fetch.receivedAt()));
            return !fetch.internal()
                    && until(history(publication), fetch.name(), fetch.version())
                            .filter(until -> !known.isAfter(until))
                            .isPresent();
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
                            says,
                            same.by(),
                            Collections.min(List.of(same.received(), p.receivedAt())),
                            same.announced()));
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

        private static Told told(
                Publication publication, String name, String audience, List<Fetch> fetches, boolean late) {
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

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyStepTellsWhatTheOracleForetellsAndNothingElse(long seed) {
        Random random = new Random(seed);
        // Half of the seeds cut every scan into slices of one or two audiences.
        try (MatchPipe pipe = new MatchPipe(seed % 2 == 0 ? 0 : 7_000_000)) {
            // Nothing is received after the record of it was written.
            pipe.clock.advance(Duration.ofDays(30));
            for (int i = 0; i < CASES_PER_SEED; i++) {
                String about = "seed " + seed + ", case " + i;
                Oracle oracle = new Oracle();
                List<Told> all = new ArrayList<>();
                for (Step step : steps(random, "s" + seed + "c" + i)) {
                    List<Told> expected = oracle.expect(step);
                    send(pipe, step);
                    List<Told> told = pipe.matches().stream().map(Told::of).toList();
                    assertEquals(sorted(expected), sorted(told), about + ", " + step);
                    all.addAll(told);
                }
                assertUnionIsWhole(oracle, all, about);
            }
            assertEquals(List.of(), pipe.quarantined());
        }
    }

    /** Whatever the order of arrival: who is affected by what stands in the end was told so, by one door or the other. */
    private static void assertUnionIsWhole(Oracle oracle, List<Told> all, String about) {
        for (Publication standing : oracle.current()) {
            if (standing.withdrawn()) {
                continue;
            }
            for (String audience : AUDIENCES) {
                assertEquals(
                        oracle.matching(standing, standing.name(), audience).stream()
                                .map(Fetch::eventId)
                                .collect(Collectors.toSet()),
                        all.stream()
                                .filter(told -> told.feed().equals(standing.feed())
                                        && told.id().equals(standing.id())
                                        && told.name().equals(standing.name())
                                        && told.revision().equals(standing.modified())
                                        && told.audience().equals(audience))
                                .flatMap(told -> told.eventIds().stream())
                                .collect(Collectors.toSet()),
                        about + ", " + standing);
            }
        }
    }

    private static List<Told> sorted(List<Told> told) {
        return told.stream().sorted(Comparator.comparing(Told::toString)).toList();
    }

    private static void send(MatchPipe pipe, Step step) {
        switch (step) {
            case Fetch fetch ->
                pipe.download(download(fetch.eventId())
                        .setPackageName(fetch.name())
                        .setVersion(fetch.version())
                        .setAudience(fetch.audience())
                        .setFetchedAt(fetch.fetchedAt())
                        .setReceivedAt(fetch.receivedAt())
                        .setOriginRegistry(fetch.internal() ? "npm.example.com" : null));
            case Publication publication -> pipe.publish(publication.message());
        }
    }

    private static List<Step> steps(Random random, String unique) {
        List<String> names = List.of(unique + "-a", unique + "-b");
        List<Step> steps = new ArrayList<>();
        IntStream.range(0, 5 + random.nextInt(25))
                .mapToObj(i -> fetch(random, unique + "-e" + i, names))
                .forEach(steps::add);
        IntStream.range(0, 1 + random.nextInt(8))
                .mapToObj(i -> publication(random, unique, names))
                .forEach(steps::add);
        // What comes twice: from a shipper that sends again, or after a crash.
        for (int i = random.nextInt(6); i > 0; i--) {
            steps.add(
                    switch (pick(random, steps)) {
                        case Fetch f ->
                            new Fetch(
                                    f.eventId(),
                                    f.name(),
                                    f.version(),
                                    f.audience(),
                                    f.fetchedAt(),
                                    day(random),
                                    f.internal());
                        case Publication publication -> publication;
                    });
        }
        Collections.shuffle(steps, random);
        return steps;
    }

    private static Fetch fetch(Random random, String eventId, List<String> names) {
        Instant fetchedAt = day(random);
        return new Fetch(
                eventId,
                pick(random, names),
                pick(random, VERSIONS),
                pick(random, AUDIENCES),
                fetchedAt,
                random.nextBoolean() ? fetchedAt.plusSeconds(1) : day(random),
                random.nextInt(10) == 0);
    }

    private static Publication publication(Random random, String unique, List<String> names) {
        Set<String> listed = IntStream.range(0, random.nextInt(3))
                .mapToObj(_ -> pick(random, VERSIONS))
                .collect(Collectors.toCollection(TreeSet::new));
        int from = random.nextInt(UNORDERED);
        int to = random.nextInt(3) == 0 ? UNORDERED : from + random.nextInt(4);
        if (to >= UNORDERED) {
            to = from == 0 ? VERSIONS.size() : UNORDERED;
        }
        if (from >= to && listed.isEmpty()) {
            listed = Set.of(pick(random, VERSIONS));
        }
        return new Publication(
                random.nextBoolean() ? "osv" : "ghsa",
                "GHSA-" + unique + "-" + random.nextInt(2),
                pick(random, names),
                // Each revision its own, but for the repeats below: what one revision says does not change. None is
                // from the future.
                START.plusMillis(random.nextInt(-1_400_000_000, 1_400_000_000)),
                day(random),
                day(random),
                random.nextInt(5) == 0,
                listed,
                from,
                to);
    }

    private static Instant day(Random random) {
        return START.plus(Duration.ofDays(random.nextInt(20)));
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
