package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.HoldingPipe.ALL;
import static tocsin.matcher.topology.HoldingPipe.HELD;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.HoldState;

/** What is told again or read anew, by a matcher that lost its state too, comes to the same end. */
class RemembersWhatWasHeldTest {

    @AutoClose
    private final HoldingPipe holding = new HoldingPipe();

    private final MatchPipe pipe = holding.pipe;

    @Test
    void aDecisionThatComesAgainMakesTheSameAgain() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = holding.held();
        holding.release(held);
        List<String> first = ids(pipe.matches());

        // When
        holding.release(held);

        // Then
        assertEquals(4, first.size());
        assertEquals(first, ids(pipe.matches()));
    }

    @Test
    void aMatcherWithEmptyStateKnowsWhatWasHeldAndWhatBecameOfIt() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        List<TestRecord<byte[], byte[]>> records = pipe.records(Topics.ADVISORY_HELD);
        AdvisoryHeld held = HELD.decode(records.getLast().value());

        try (MatchPipe empty = new MatchPipe(0, 4)) {
            // When
            records.forEach(record -> empty.sendBytes(Topics.ADVISORY_HELD, record.key(), record.value()));
            empty.download(download("e0").setAudience("org:0"));
            empty.sendBytes(
                    Topics.ADVISORY_DECISION,
                    null,
                    HoldingPipe.decision(held, HoldDecision.RELEASE, "admin-1", MatchPipe.NOW));

            // Then
            assertEquals(
                    List.of("org:0"),
                    empty.matches().stream().map(AdvisoryMatched::getAudience).toList());
        }
    }

    /** Its published records are read anew and held anew, before or after what became of them is. */
    @Test
    void whatWasReleasedIsReleasedAgainByAMatcherWithEmptyState() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = holding.held();
        AdvisoryHeld released = AdvisoryHeld.newBuilder(held)
                .setState(HoldState.RELEASED)
                .setDecidedAt(MatchPipe.NOW)
                .setDecidedBy("admin-1")
                .setReason("because")
                .build();

        // When
        pipe.sendBytes(Topics.ADVISORY_HELD, "any".getBytes(UTF_8), HELD.encode(released));

        // Then
        assertEquals(ALL, holding.told());
        assertEquals(Optional.of("admin-1"), holding.held().getDecidedBy());
    }

    /** The feed publishes it once more, after the rejection, and that is what is read first. */
    @Test
    void whatWasRejectedStaysRejectedByAMatcherWithEmptyStateHoweverLateItHeldIt() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = holding.held();
        AdvisoryHeld rejected = AdvisoryHeld.newBuilder(held)
                .setState(HoldState.REJECTED)
                .setDecidedAt(held.getHeldAt().minusSeconds(3600))
                .setDecidedBy("admin-1")
                .setReason("a mistake")
                .build();

        // When
        pipe.sendBytes(Topics.ADVISORY_HELD, "any".getBytes(UTF_8), HELD.encode(rejected));

        // Then
        assertEquals(Set.of(), holding.told());
        assertEquals(HoldState.REJECTED, holding.rows().getLast().getState());
    }

    private static List<String> ids(List<AdvisoryMatched> matches) {
        return matches.stream().map(AdvisoryMatched::getMatchId).sorted().toList();
    }
}
