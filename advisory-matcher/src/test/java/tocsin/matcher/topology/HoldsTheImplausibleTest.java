package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.topology.Samples.Osv;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.HoldState;

/** An advisory for all versions of a package that very many fetched waits for a second opinion, and nothing that it affects is lost meanwhile. */
class HoldsTheImplausibleTest {

    private static final MessageCodec<AdvisoryHeld> HELD = MessageCodec.of(AdvisoryHeld.class);
    private static final MessageCodec<AdvisoryDecision> DECISION = MessageCodec.of(AdvisoryDecision.class);
    private static final Set<String> ALL = Set.of("org:0", "org:1", "org:2", "org:3");
    private static final String LATER = "2026-04-17T11:00:00Z";
    private static final String LATER_STILL = "2026-04-17T11:30:00Z";

    private final MatchPipe pipe = new MatchPipe(0, 4);

    @BeforeEach
    void fourFetchIt() {
        for (int i = 0; i < 4; i++) {
            pipe.download(download("e" + i).setAudience("org:" + i).setVersion("1.0." + i));
        }
        // What was counted is told once a second.
        pipe.passTime(Duration.ofSeconds(1));
    }

    @AfterEach
    void close() {
        pipe.close();
    }

    @Test
    void ringsForNobodyAndIsSeen() {
        // When
        pipe.publish(osv("MAL-1").allVersions());

        // Then
        assertEquals(Set.of(), told());
        AdvisoryHeld held = held();
        assertEquals(HoldState.HELD, held.getState());
        assertEquals("MAL-1", held.getAdvisory().getAdvisoryId());
        assertEquals(4, held.getAudiences());
        assertEquals(Samples.PUBLISHED, held.getHeldAt());
        assertEquals(
                1,
                pipe.registry
                        .counter("tocsin.matcher.intake", "feed", "osv", "outcome", "held")
                        .count());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "event-stream   | \"versions\": [\"1.0.0\", \"1.0.1\"]",
                "event-stream   | \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}, {\"fixed\": \"1.0.2\"}]}]",
                "seldom-fetched | \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]",
            })
    void anOrdinaryAdvisoryWaitsForNothing(String name, String versions) {
        // Given
        pipe.download(download("f0").setAudience("org:0").setPackageName("seldom-fetched"));
        pipe.download(download("f1").setAudience("org:1").setPackageName("seldom-fetched"));
        pipe.passTime(Duration.ofSeconds(1));

        // When
        pipe.publish(osv("GHSA-1").named(name).affecting(versions));

        // Then
        assertEquals(Set.of("org:0", "org:1"), told());
        assertEquals(List.of(), rows());
    }

    @Test
    void onlyTheImplausiblePackageOfARecordWaits() {
        // Given
        pipe.download(download("f0").setAudience("org:0").setPackageName("seldom-fetched"));
        String both = osv("MAL-1")
                .allVersions()
                .json()
                .replace(
                        "\"affected\": [",
                        "\"affected\": ["
                                + "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"seldom-fetched\"}, \"versions\": [\"3.3.6\"]}, ");

        // When
        pipe.publish(Samples.published(both, Samples.PUBLISHED));

        // Then
        assertEquals(Set.of("org:0"), told());
        assertEquals(1, rows().size());
    }

    @Test
    void aReleasedOneRingsAsThoughItHadNeverBeenHeld() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = held();
        pipe.download(download("late").setAudience("org:late").setVersion("0.0.1"));
        Set<String> before = told();

        // When
        decide(held, HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);

        // Then
        Set<String> everybody = new TreeSet<>(ALL);
        everybody.add("org:late");
        assertEquals(Set.of(), before);
        assertEquals(everybody, told());
        AdvisoryHeld released = held();
        assertEquals(HoldState.RELEASED, released.getState());
        assertEquals(Optional.of("admin-1"), released.getDecidedBy());
        assertEquals(Optional.of("because"), released.getReason());
        assertEquals(Optional.of(MatchPipe.NOW), released.getDecidedAt());
    }

    @Test
    void theCutOffStaysAtTheFirstReceipt() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        pipe.publish(published(osv("MAL-1").allVersions().modifiedAt(LATER), LATER));
        pipe.download(download("after")
                .setAudience("org:after")
                .setFetchedAt(Samples.PUBLISHED.plusSeconds(60))
                .setReceivedAt(Samples.PUBLISHED.plusSeconds(60)));

        // When
        decide(held(), HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);

        // Then
        assertEquals(ALL, told());
    }

    /** Twice as many as are kept of one version and audience, all too new to count. */
    @Test
    void nothingThatItMayCountIsTrimmedMeanwhile() {
        // Given
        pipe.download(download("old-1").setFetchedAt(Instant.parse("2026-04-15T08:00:00Z")));
        pipe.download(download("old-2").setFetchedAt(Instant.parse("2026-04-15T09:00:00Z")));
        pipe.publish(osv("MAL-1").allVersions());
        Instant after = Samples.PUBLISHED.plusSeconds(1);
        for (int i = 0; i < 1200; i++) {
            pipe.download(
                    download("new-" + i).setFetchedAt(after.plusSeconds(i)).setReceivedAt(after.plusSeconds(i)));
        }

        // When
        decide(held(), HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);

        // Then
        List<String> told = pipe.matches().stream()
                .filter(match -> match.getAudience().equals(Samples.ORG))
                .flatMap(match -> match.getDownloads().stream())
                .map(AffectedDownload::getEventId)
                .toList();
        assertEquals(List.of("old-2", "old-1"), told);
    }

    @Test
    void whatStoodGoesOnToRing() {
        // Given
        pipe.publish(osv("MAL-1").affecting("\"versions\": [\"1.0.0\"]"));
        told();

        // When
        pipe.publish(published(osv("MAL-1").allVersions().modifiedAt(LATER), LATER));
        pipe.matches();
        pipe.download(download("late-0").setAudience("org:late-0").setVersion("1.0.0"));
        pipe.download(download("late-1").setAudience("org:late-1").setVersion("1.0.1"));

        // Then
        assertEquals(Set.of("org:late-0"), told());
    }

    @Test
    void aRejectedOneRingsForNobodyAsLongAsItsFeedSaysTheSame() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        decide(held(), HoldDecision.REJECT, "admin-1", MatchPipe.NOW);

        // When
        pipe.publish(osv("MAL-1").allVersions());
        pipe.publish(published(osv("MAL-1").allVersions().modifiedAt(LATER), LATER));
        pipe.download(download("late").setAudience("org:late"));

        // Then
        assertEquals(Set.of(), told());
        assertEquals(HoldState.REJECTED, held().getState());

        // When
        pipe.publish(
                published(osv("MAL-1").affecting("\"versions\": [\"1.0.3\"]").modifiedAt(LATER_STILL), LATER_STILL));

        // Then
        assertEquals(Set.of("org:3"), told());
        assertEquals(HoldState.SUPERSEDED, held().getState());
    }

    @Test
    void aPersonMayChangeHisMindAndFeedsMayNot() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = held();
        decide(held, HoldDecision.REJECT, "admin-1", MatchPipe.NOW);

        // When
        decide(held, HoldDecision.RELEASE, null, MatchPipe.NOW.plusSeconds(1));

        // Then
        assertEquals(Set.of(), told());

        // When
        decide(held, HoldDecision.RELEASE, "admin-2", MatchPipe.NOW.plusSeconds(2));

        // Then
        assertEquals(ALL, told());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"versions\": [\"1.0.3\"] |                      | org:3",
                "\"versions\": [\"1.0.3\"] | 2026-04-17T11:00:00Z | ''",
            })
    void aNewerRevisionTakesItsPlace(String versions, String withdrawn, String expected) {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = held();
        Osv newer = osv("MAL-1").affecting(versions).modifiedAt(LATER);

        // When
        pipe.publish(published(withdrawn == null ? newer : newer.withdrawnAt(withdrawn), LATER));

        // Then
        assertEquals(expected, String.join(" ", told()));
        assertEquals(HoldState.SUPERSEDED, held().getState());

        // When
        decide(held, HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);

        // Then
        assertEquals(Set.of(), told());
        assertEquals(List.of(), rows());
    }

    @Test
    void aRangeFromTheLeastVersionOnIsHeldLikeOneOfAll() {
        // When
        pipe.publish(osv("MAL-1")
                .affecting("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0.0.0\"}]}]"));

        // Then
        assertEquals(Set.of(), told());
        assertEquals(HoldState.HELD, rows().getFirst().getState());
    }

    /** @param alias x or y: none */
    private String allVersions(String id, String alias) {
        String json = osv(id).allVersions().json();
        return alias.length() == 1
                ? json
                : json.replace("\"summary\"", "\"aliases\": [\"" + alias + "\"], \"summary\"");
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
        assertEquals(released ? ALL : Set.of(), told());
        assertEquals(
                released ? Set.of(HoldState.RELEASED) : Set.of(HoldState.HELD),
                rows().stream()
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
        for (int i = 0; i < 4; i++) {
            pipe.download(download("s" + i).setAudience("org:" + i).setPackageName("soon-popular"));
        }
        pipe.passTime(Duration.ofSeconds(1));
        told();

        // When
        pipe.publish(osv("MAL-1").named("soon-popular").allVersions());

        // Then
        assertEquals(ALL, told());
        assertEquals(HoldState.RELEASED, held().getState());
    }

    @Test
    void aDecisionThatComesAgainMakesTheSameAgain() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = held();
        decide(held, HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);
        List<String> first = ids(pipe.matches());

        // When
        decide(held, HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);

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
                    DECISION.encode(decision(held, HoldDecision.RELEASE, "admin-1", MatchPipe.NOW)));

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
        AdvisoryHeld held = held();
        AdvisoryHeld released = AdvisoryHeld.newBuilder(held)
                .setState(HoldState.RELEASED)
                .setDecidedAt(MatchPipe.NOW)
                .setDecidedBy("admin-1")
                .setReason("because")
                .build();

        // When
        pipe.sendBytes(Topics.ADVISORY_HELD, "any".getBytes(UTF_8), HELD.encode(released));

        // Then
        assertEquals(ALL, told());
        assertEquals(Optional.of("admin-1"), held().getDecidedBy());
    }

    /** The feed publishes it once more, after the rejection, and that is what is read first. */
    @Test
    void whatWasRejectedStaysRejectedByAMatcherWithEmptyStateHoweverLateItHeldIt() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        AdvisoryHeld held = held();
        AdvisoryHeld rejected = AdvisoryHeld.newBuilder(held)
                .setState(HoldState.REJECTED)
                .setDecidedAt(held.getHeldAt().minusSeconds(3600))
                .setDecidedBy("admin-1")
                .setReason("a mistake")
                .build();

        // When
        pipe.sendBytes(Topics.ADVISORY_HELD, "any".getBytes(UTF_8), HELD.encode(rejected));

        // Then
        assertEquals(Set.of(), told());
        assertEquals(HoldState.REJECTED, rows().getLast().getState());
    }

    @Test
    void nobodyDecidesThroughTheTopicThatOutsidersWrite() {
        // Given
        pipe.publish(osv("MAL-1").allVersions());
        byte[] forged = DECISION.encode(decision(held(), HoldDecision.RELEASE, "admin-1", MatchPipe.NOW));

        // When
        pipe.sendBytes(Topics.ADVISORY_PUBLISHED, null, forged);

        // Then
        assertEquals(Set.of(), told());
        assertEquals(1, pipe.quarantined().size());
    }

    @Test
    void theMessageOfAMatchTellsNothingOfTheHold() {
        // Given
        pipe.publish(osv("MAL-1").affecting("\"versions\": [\"1.0.0\"]"));
        pipe.matches();

        // When
        pipe.publish(published(osv("MAL-1").allVersions().modifiedAt(LATER), LATER));

        // Then
        AdvisoryAccepted accepted = pipe.accepted().getLast();
        assertTrue(accepted.getHeld().isPresent());
        assertEquals(List.of("1.0.0"), accepted.getVersions());
        pipe.matches()
                .forEach(match ->
                        assertEquals(Optional.empty(), match.getAdvisory().getHeld()));
    }

    private void decide(AdvisoryHeld held, HoldDecision decision, @Nullable String by, Instant at) {
        pipe.sendBytes(Topics.ADVISORY_DECISION, null, DECISION.encode(decision(held, decision, by, at)));
    }

    private static AdvisoryDecision decision(
            AdvisoryHeld held, HoldDecision decision, @Nullable String by, Instant at) {
        AdvisoryAccepted advisory = held.getAdvisory();
        return AdvisoryDecision.newBuilder()
                .setHoldId(held.getHoldId())
                .setFeed(advisory.getFeed())
                .setAdvisoryId(advisory.getAdvisoryId())
                .setEcosystem(advisory.getEcosystem())
                .setPackageName(advisory.getPackageName())
                .setDecision(decision)
                .setDecidedAt(at)
                .setDecidedBy(by)
                .setReason("because")
                .build();
    }

    private static AdvisoryPublished published(Osv osv, String receivedAt) {
        return Samples.published(osv.json(), Instant.parse(receivedAt));
    }

    /** Of something that is bad, since the last call; that it is not any more, only they are told who were told before. */
    private Set<String> told() {
        return pipe.matches().stream()
                .filter(match -> match.getAdvisory().getWithdrawnAt().isEmpty())
                .map(AdvisoryMatched::getAudience)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private AdvisoryHeld held() {
        return rows().getLast();
    }

    /** Since the last call. */
    private List<AdvisoryHeld> rows() {
        return pipe.records(Topics.ADVISORY_HELD).stream()
                .map(record -> HELD.decode(record.value()))
                .toList();
    }

    private static List<String> ids(List<AdvisoryMatched> matches) {
        return matches.stream().map(AdvisoryMatched::getMatchId).sorted().toList();
    }
}
