package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.HoldingPipe.ALL;
import static tocsin.matcher.topology.HoldingPipe.LATER;
import static tocsin.matcher.topology.HoldingPipe.LATER_STILL;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.topology.Samples.Osv;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.HoldState;

/** Who ends a hold, a person or another feed, and what each word of theirs does. */
class SecondOpinionTest {

    @AutoClose
    private final HoldingPipe holding = new HoldingPipe();

    private final MatchPipe pipe = holding.pipe;

    @Test
    void aReleasedOneRingsAsThoughItHadNeverBeenHeld() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = holding.held();
        pipe.download(download("late").setAudience("org:late").setVersion("0.0.1"));
        Set<String> before = holding.told();

        // When
        holding.release(held);

        // Then
        Set<String> everybody = new TreeSet<>(ALL);
        everybody.add("org:late");
        assertEquals(Set.of(), before);
        assertEquals(everybody, holding.told());
        AdvisoryHeld released = holding.held();
        assertEquals(HoldState.RELEASED, released.getState());
        assertEquals(Optional.of("admin-1"), released.getDecidedBy());
        assertEquals(Optional.of("because"), released.getReason());
        assertEquals(Optional.of(MatchPipe.NOW), released.getDecidedAt());
    }

    @Test
    void aRejectedOneRingsForNobodyAsLongAsItsFeedSaysTheSame() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        holding.decide(holding.held(), HoldDecision.REJECT, "admin-1", MatchPipe.NOW);

        // When
        pipe.publish(osv("MAL-1").allVersions());
        holding.publishRevision(osv("MAL-1").allVersions(), LATER);
        pipe.download(download("late").setAudience("org:late"));

        // Then
        assertEquals(Set.of(), holding.told());
        assertEquals(HoldState.REJECTED, holding.held().getState());

        // When
        holding.publishRevision(osv("MAL-1").affecting("\"versions\": [\"1.0.3\"]"), LATER_STILL);

        // Then
        assertEquals(Set.of("org:3"), holding.told());
        assertEquals(HoldState.SUPERSEDED, holding.held().getState());
    }

    @Test
    void aPersonMayChangeHisMindAndFeedsMayNot() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = holding.held();
        holding.decide(held, HoldDecision.REJECT, "admin-1", MatchPipe.NOW);

        // When
        holding.decide(held, HoldDecision.RELEASE, null, MatchPipe.NOW.plusSeconds(1));

        // Then
        assertEquals(Set.of(), holding.told());

        // When
        holding.decide(held, HoldDecision.RELEASE, "admin-2", MatchPipe.NOW.plusSeconds(2));

        // Then
        assertEquals(ALL, holding.told());
    }

    @Test
    void nobodyDecidesThroughTheTopicThatOutsidersWrite() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        byte[] forged = HoldingPipe.decision(holding.held(), HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);

        // When
        pipe.sendBytes(Topics.ADVISORY_PUBLISHED, null, forged);

        // Then
        assertEquals(Set.of(), holding.told());
        assertEquals(1, pipe.quarantined().size());
    }

    @ParameterizedTest
    @CsvSource({
        // aliases, other feed, other id, its aliases, released
        "x,      ghsa, GHSA-1, x,     true",
        "x,      osv,  GHSA-1, x,     false",
        "x,      ghsa, MAL-1,  x,     false",
        "GHSA-1, ghsa, GHSA-1, y,     false",
        "x,      ghsa, GHSA-1, MAL-1, false",
        "CVE-1,  ghsa, GHSA-1, CVE-1, false",
        "CVE-1,  ghsa, GHSA-1, CVE-2, true",
    })
    void twoFeedsThatSayItUnderNamesOfTheirOwnReleaseIt(
            String aliases, String feed, String id, String otherAliases, boolean released) {
        // Given
        pipe.publish(new AdvisoryPublished("osv", allVersions("MAL-1", aliases), Samples.PUBLISHED));

        // When
        pipe.publish(new AdvisoryPublished(feed, allVersions(id, otherAliases), Samples.PUBLISHED));

        // Then
        assertEquals(released ? ALL : Set.of(), holding.told());
        assertEquals(
                released ? Set.of(HoldState.RELEASED) : Set.of(HoldState.HELD),
                holding.rows().stream()
                        .collect(Collectors.toMap(
                                row -> row.getAdvisory().getFeed()
                                        + row.getAdvisory().getAdvisoryId(),
                                AdvisoryHeld::getState,
                                (earlier, later) -> later))
                        .values()
                        .stream()
                        .collect(Collectors.toSet()));
    }

    @Test
    void whatWasAcceptedBeforeItWasPopularCountsAsASecondFeed() {
        // Given
        Osv all = osv("GHSA-1").named("soon-popular").allVersions();
        pipe.publish(new AdvisoryPublished("ghsa", all.json(), Samples.PUBLISHED));
        holding.allFetch("soon-popular");
        holding.told();

        // When
        pipe.publish(osv("MAL-1").named("soon-popular").allVersions());

        // Then
        assertEquals(ALL, holding.told());
        assertEquals(HoldState.RELEASED, holding.held().getState());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasTakenBackIsNoSecondOpinion(boolean withdrawn) {
        // Given a feed that said it and says it no more
        Osv all = osv("GHSA-1").named("soon-popular").allVersions();
        pipe.publish(new AdvisoryPublished("ghsa", all.json(), Samples.PUBLISHED));
        Osv back = withdrawn ? all.withdrawnAt(LATER) : all.named("another");
        pipe.publish(new AdvisoryPublished("ghsa", back.modifiedAt(LATER).json(), Instant.parse(LATER)));
        holding.allFetch("soon-popular");
        holding.told();

        // When
        pipe.publish(osv("MAL-1").named("soon-popular").allVersions());

        // Then
        assertEquals(Set.of(), holding.told());
        assertEquals(HoldState.HELD, holding.held().getState());
    }

    /** @param alias x or y: none */
    private String allVersions(String id, String alias) {
        String json = osv(id).allVersions().json();
        return alias.length() == 1
                ? json
                : json.replace("\"summary\"", "\"aliases\": [\"" + alias + "\"], \"summary\"");
    }
}
