package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.topology.MatchOracle.Fetch;
import tocsin.matcher.topology.MatchOracle.Publication;
import tocsin.matcher.topology.MatchOracle.Step;
import tocsin.matcher.topology.MatchOracle.Told;
import tocsin.schemas.avro.AdvisoryMatched;

/** Random histories and advisories in any order against the oracle, step by step. More of them: {@code -Djqwik.tries.default=20000}. */
class MatchOracleTest {

    /** Shared, since it costs more than a case: each case has names of its own. */
    private @Nullable MatchPipe shared;

    private int cases;

    @AfterProperty
    void close() {
        if (shared != null) {
            assertEquals(List.of(), shared.quarantined());
            shared.close();
        }
    }

    @Property
    void everyStepTellsWhatTheOracleForetellsAndNothingElse(@ForAll("cases") List<Step> steps) {
        // In each fourth case, so that the others are matched from rows as they came.
        assertToldAsForetold(pipe(0), steps, cases % 4 == 0);
    }

    /** Every scan in slices of one or two audiences. */
    @Property
    void slicesTellTheSame(@ForAll("cases") List<Step> steps) {
        assertToldAsForetold(pipe(7_000_000), steps, false);
    }

    @Provide
    Arbitrary<List<Step>> cases() {
        return MatchCases.all();
    }

    /** @param rowsArePutTogether near the end, by a pass that gets through all rows in one slice */
    private void assertToldAsForetold(MatchPipe pipe, List<Step> steps, boolean rowsArePutTogether) {
        MatchOracle oracle = new MatchOracle();
        List<AdvisoryMatched> all = new ArrayList<>();
        int left = steps.size();
        for (Step step : MatchCases.named(steps, "case" + cases++)) {
            if (rowsArePutTogether && --left == steps.size() / 4) {
                pipe.clock.advance(Duration.ofHours(1));
                pipe.passTime(Duration.ofSeconds(1));
            }
            List<Told> expected = oracle.expect(step);
            switch (step) {
                case Fetch fetch -> pipe.download(fetch.message());
                case Publication publication -> pipe.publish(publication.message());
            }
            List<AdvisoryMatched> matches = pipe.matches();
            assertEquals(sorted(expected), sorted(matches.stream().map(Told::of).toList()), step::toString);
            all.addAll(matches);
        }
        // Whatever the order of arrival: who is affected by what stands in the end was told so, by one door or the
        // other.
        Map<String, Set<String>> told = MatchOracle.told(all);
        oracle.mustBeTold().forEach((key, events) -> assertEquals(events, told.get(key), key));
    }

    private MatchPipe pipe(long nanosPerLook) {
        if (shared == null) {
            shared = new MatchPipe(nanosPerLook);
            // Nothing is received after the record of it was written.
            shared.clock.advance(Duration.ofDays(30));
        }
        return shared;
    }

    private static List<Told> sorted(List<Told> told) {
        return told.stream().sorted(Comparator.comparing(Told::toString)).toList();
    }
}
