package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import tocsin.matcher.topology.MatchOracle.Fetch;
import tocsin.matcher.topology.MatchOracle.Publication;
import tocsin.matcher.topology.MatchOracle.Step;

/** Random histories and advisories of two packages, with revisions, narrowings and withdrawals, with repeats, in any order. */
final class MatchCases {

    private static final List<String> NAMES = List.of("-a", "-b");
    private static final int DAYS = 19;

    private MatchCases() {}

    /** Each of the steps tells of the case in what it names: many can be told apart in one history. */
    static Arbitrary<List<Step>> all() {
        Arbitrary<List<Step>> fetches =
                fetches().list().ofMinSize(1).ofMaxSize(30).map(MatchCases::numbered);
        Arbitrary<List<Step>> publications =
                publications().list().ofMinSize(1).ofMaxSize(9).map(MatchCases::numbered);
        Arbitrary<List<Repeat>> repeats = Combinators.combine(
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.integers().between(0, DAYS))
                .as(Repeat::new)
                .list()
                .ofMaxSize(5);
        return Combinators.combine(fetches, publications, repeats)
                .as(MatchCases::together)
                .flatMap(Arbitraries::shuffle);
    }

    /** @return the same case under names that no other case has. */
    static List<Step> named(List<Step> steps, String unique) {
        return steps.stream()
                .map(step -> switch (step) {
                    case Fetch f ->
                        (Step) new Fetch(
                                unique + f.eventId(),
                                unique + f.name(),
                                f.version(),
                                f.audience(),
                                f.fetchedAt(),
                                f.receivedAt(),
                                f.internal());
                    case Publication p ->
                        new Publication(
                                p.feed(),
                                "GHSA-" + unique + p.id(),
                                unique + p.name(),
                                p.modified(),
                                p.published(),
                                p.receivedAt(),
                                p.withdrawn(),
                                p.listed(),
                                p.from(),
                                p.to());
                })
                .toList();
    }

    /** What comes twice: from a shipper that sends again, or after a crash. */
    private record Repeat(int of, int receivedDay) {}

    private static List<Step> together(List<Step> fetches, List<Step> publications, List<Repeat> repeats) {
        List<Step> steps = new ArrayList<>(fetches);
        steps.addAll(publications);
        for (Repeat repeat : repeats) {
            steps.add(
                    switch (steps.get(repeat.of() % steps.size())) {
                        case Fetch f ->
                            new Fetch(
                                    f.eventId(),
                                    f.name(),
                                    f.version(),
                                    f.audience(),
                                    f.fetchedAt(),
                                    day(repeat.receivedDay()),
                                    f.internal());
                        case Publication publication -> publication;
                    });
        }
        return steps;
    }

    private static List<Step> numbered(List<? extends Step> steps) {
        return IntStream.range(0, steps.size())
                .mapToObj(i -> switch (steps.get(i)) {
                    case Fetch f ->
                        (Step) new Fetch(
                                "-e" + i,
                                f.name(),
                                f.version(),
                                f.audience(),
                                f.fetchedAt(),
                                f.receivedAt(),
                                f.internal());
                    // Each revision its own, but for the repeats: what one revision says does not change.
                    case Publication p ->
                        new Publication(
                                p.feed(),
                                p.id(),
                                p.name(),
                                p.modified().plusMillis(i),
                                p.published(),
                                p.receivedAt(),
                                p.withdrawn(),
                                p.listed(),
                                p.from(),
                                p.to());
                })
                .toList();
    }

    private static Arbitrary<Fetch> fetches() {
        return Combinators.combine(
                        Arbitraries.of(NAMES),
                        Arbitraries.of(MatchOracle.VERSIONS),
                        Arbitraries.of(MatchOracle.AUDIENCES),
                        Arbitraries.integers().between(0, DAYS),
                        // Half are received at once.
                        Arbitraries.integers().between(-DAYS - 1, DAYS),
                        Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true)))
                .as((name, version, audience, day, received, internal) -> new Fetch(
                        "",
                        name,
                        version,
                        audience,
                        day(day),
                        received < 0 ? day(day).plusSeconds(1) : day(received),
                        internal));
    }

    private static Arbitrary<Publication> publications() {
        Arbitrary<Set<String>> listed =
                Arbitraries.of(MatchOracle.VERSIONS).set().ofMaxSize(2).map(TreeSet::new);
        Arbitrary<Statement> statements = Combinators.combine(
                        listed,
                        Arbitraries.integers().between(0, MatchOracle.UNORDERED - 1),
                        Arbitraries.integers().between(-2, 3))
                .as(MatchCases::statement);
        return Combinators.combine(
                        Arbitraries.of("osv", "ghsa"),
                        Arbitraries.of("-0", "-1"),
                        Arbitraries.of(NAMES),
                        Arbitraries.integers().between(-1_400_000, 1_400_000),
                        Arbitraries.integers().between(0, DAYS),
                        Arbitraries.integers().between(0, DAYS),
                        Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true)),
                        statements)
                .as((feed, id, name, modified, published, received, withdrawn, statement) -> new Publication(
                        feed,
                        id,
                        name,
                        MatchOracle.START.plusSeconds(modified),
                        day(published),
                        day(received),
                        withdrawn,
                        statement.listed(),
                        statement.from(),
                        statement.to()));
    }

    private record Statement(Set<String> listed, int from, int to) {}

    /** @param length of the range; negative: to the end, which from the start is all there are */
    private static Statement statement(Set<String> listed, int from, int length) {
        int to = length < 0 ? MatchOracle.UNORDERED : from + length;
        if (to >= MatchOracle.UNORDERED) {
            to = from == 0 ? MatchOracle.VERSIONS.size() : MatchOracle.UNORDERED;
        }
        return from >= to && listed.isEmpty()
                ? new Statement(Set.of(MatchOracle.VERSIONS.get(from)), from, to)
                : new Statement(listed, from, to);
    }

    private static Instant day(int number) {
        return MatchOracle.START.plus(Duration.ofDays(number));
    }
}
