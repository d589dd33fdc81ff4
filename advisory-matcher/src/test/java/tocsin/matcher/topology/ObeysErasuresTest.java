package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.ErasureSweep;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.PrivacyErasure;

/** Once an erasure is read nothing that is told or stored says who was erased, whichever came first. */
class ObeysErasuresTest {

    private static final Instant REQUESTED = Instant.parse("2026-04-17T09:00:00Z");
    private static final String TOKEN = "a".repeat(64);
    private static final Principal JANE =
            new Principal(PrincipalType.HUMAN, "user-jane", "Jane", "Jane@example.com", null);
    private static final Principal JOE = new Principal(PrincipalType.HUMAN, "user-joe", "Joe", "joe@example.com", null);
    private static final Principal ERASED = new Principal(PrincipalType.HUMAN, "erased", null, null, null);

    /** In one slice, and in as many as there are rows. */
    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void theOrganisationStillHearsOfWhatWasFetchedButNotByWhom(long nanosPerLook) {
        try (MatchPipe pipe = new MatchPipe(nanosPerLook)) {
            // Given
            pipe.download(by(JANE, "e1"));
            pipe.download(by(JOE, "e2"));
            pipe.download(by(JANE, "e3").setVersion("3.3.5"));
            pipe.download(by(JANE, "e4").setAudience("org:other"));

            // When
            pipe.erase(ofOrganisation("user-jane"));
            pipe.publish(osv("GHSA-1").allVersions());

            // Then
            assertEquals(
                    List.of("e1 erased", "e2 user-joe", "e3 erased", "e4 user-jane"),
                    pipe.matches().stream()
                            .flatMap(match -> match.getDownloads().stream())
                            .map(row ->
                                    row.getEventId() + " " + row.getPrincipal().getId())
                            .sorted()
                            .toList());
            assertEquals(1, count(pipe, "user-jane"));
            assertEquals(1, count(pipe, "Jane@example.com"));
            assertEquals(1, count(pipe, "user-joe"));
            assertEquals(
                    2.0, pipe.registry.counter("tocsin.matcher.erased.rows").count());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void theOwnerOfAnAddressIsTakenOutEverywhere(long nanosPerLook) {
        try (MatchPipe pipe = new MatchPipe(nanosPerLook)) {
            // Given
            pipe.download(by(JANE, "e1"));
            pipe.download(by(JANE, "e2").setAudience("org:other").setPackageName("flatmap-stream"));
            pipe.download(by(JOE, "e3"));

            // When
            pipe.erase(erasure()
                    .setEmailHash(RecordKeys.emailRecipient("jane@EXAMPLE.com"))
                    .build());
            pipe.publish(osv("GHSA-1"));

            // Then
            assertEquals(0, count(pipe, "jane"));
            assertEquals(0, count(pipe, "Jane"));
            assertEquals(1, count(pipe, "joe@"));
            assertEquals(
                    List.of(ERASED, JOE),
                    pipe.matches().getFirst().getDownloads().stream()
                            .map(AffectedDownload::getPrincipal)
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void nothingIsLeftOfAToken(long nanosPerLook) {
        try (MatchPipe pipe = new MatchPipe(nanosPerLook)) {
            // Given
            IntStream.range(0, 30).forEach(i -> pipe.download(ofToken("e" + i).setVersion("3.3." + i % 7)));
            pipe.download(by(JOE, "e-joe"));
            Instant after = REQUESTED.plusSeconds(1);
            pipe.download(ofToken("new").setVersion("3.3.1").setFetchedAt(after).setReceivedAt(after));

            // When
            pipe.erase(erasure().setTokenId(TOKEN).build());

            // Then
            assertEquals(List.of("new"), eventIds(pipe.rows(MatchTopology.DOWNLOADS), TOKEN));
            pipe.publish(osv("GHSA-1").allVersions());
            assertEquals(
                    List.of("org:example-org [e-joe]", "token:" + TOKEN + " [new]"),
                    pipe.matches().stream()
                            .map(match -> match.getAudience() + " " + eventIds(match))
                            .toList());
        }
    }

    /** As after a token changed hands. */
    @Test
    void anEarlierReceiptOfAnotherNamesNobodyWhereSomebodyWasErased() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(by(JANE, "e1"));
            pipe.erase(ofOrganisation("user-jane"));

            // When
            pipe.download(by(JOE, "e1").setReceivedAt(Instant.parse("2026-04-15T08:30:00Z")));
            pipe.publish(osv("GHSA-1"));

            // Then
            AffectedDownload told = pipe.matches().getFirst().getDownloads().getFirst();
            assertEquals(ERASED, told.getPrincipal());
            assertEquals(Instant.parse("2026-04-15T08:30:00Z"), told.getReceivedAt());
        }
    }

    /** A log that is shipped late, a replay of the topic, a backfill. */
    @Test
    void whatArrivesLaterBringsNobodyBack() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.publish(osv("GHSA-1"));
            pipe.download(by(JANE, "e1"));
            pipe.erase(ofOrganisation("user-jane"));
            pipe.erase(erasure().setTokenId(TOKEN).build());
            pipe.matches();

            // When
            pipe.download(by(JANE, "e1"));
            pipe.download(by(JANE, "e2"));
            pipe.download(by(JANE, "fetched-before").setReceivedAt(REQUESTED.plusSeconds(60)));
            pipe.download(by(JANE, "proxy-clock-ahead").setFetchedAt(REQUESTED.plusSeconds(60)));
            pipe.download(ofToken("e3"));

            // Then
            assertEquals(
                    List.of(List.of(ERASED), List.of(ERASED), List.of(ERASED), List.of(ERASED)),
                    pipe.matches().stream().map(ObeysErasuresTest::principals).toList());
            assertEquals(0, count(pipe, "jane"));
            assertEquals(0, count(pipe, TOKEN));
            assertEquals(
                    1.0,
                    pipe.registry.counter("tocsin.matcher.downloads.erased").count());
        }
    }

    @Test
    void whatIsFetchedAfterItIsANewFact() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.erase(ofOrganisation("user-jane"));

            // When
            Instant after = REQUESTED.plusSeconds(1);
            pipe.download(by(JANE, "e1").setFetchedAt(after).setReceivedAt(after));
            pipe.publish(osv("GHSA-1"));

            // Then
            assertEquals(List.of(JANE), principals(pipe.matches().getFirst()));
        }
    }

    @Test
    void aScanThatIsUnderWayTellsNobodyOfWhomItMeetsAfterIt() {
        try (MatchPipe pipe = new MatchPipe(10_000_000)) {
            // Given
            IntStream.range(0, 5).forEach(i -> pipe.download(by(JANE, "e" + i).setAudience("org:example-" + i)));
            pipe.publish(osv("GHSA-1"));
            TestRecord<byte[], byte[]> rest = pipe.records(Topics.ADVISORY_SCAN).get(1);
            pipe.matches();

            // When
            pipe.erase(erasure()
                    .setEmailHash(RecordKeys.emailRecipient("jane@example.com"))
                    .build());
            pipe.sendBytes(Topics.ADVISORY_SCAN, rest.key(), rest.value());

            // Then
            assertEquals(
                    List.of(List.of(ERASED), List.of(ERASED), List.of(ERASED)),
                    pipe.matches().stream().map(ObeysErasuresTest::principals).toList());
        }
    }

    /** From the moment that it is read, though a large store takes long to sweep. */
    @Test
    void nothingIsToldOfWhomTheSweepHasNotReachedYet() {
        try (MatchPipe pipe = new MatchPipe(10_000_000)) {
            // Given
            pipe.download(by(JANE, "e1"));
            ErasureSweep last = ErasureSweep.newBuilder()
                    .setErasure(ofOrganisation("user-jane"))
                    .setDone(true)
                    .build();

            // When
            pipe.sendBytes(
                    Topics.PRIVACY_ERASURE_SWEEP,
                    "key".getBytes(UTF_8),
                    MessageCodec.of(ErasureSweep.class).encode(last));
            pipe.publish(osv("GHSA-1"));

            // Then
            assertEquals(1, count(pipe, "user-jane"));
            assertEquals(List.of(ERASED), principals(pipe.matches().getFirst()));
        }
    }

    /** After a crash a row may be gone from the store and still be in its changelog. */
    @Test
    void aRepeatWritesEachErasedRowAgain() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(ofToken("e1"));
            pipe.download(by(JANE, "e2"));
            pipe.erase(erasure().setTokenId(TOKEN).build());
            pipe.erase(ofOrganisation("user-jane"));
            List<TestRecord<byte[], byte[]>> sweeps = pipe.records(Topics.PRIVACY_ERASURE_SWEEP);
            pipe.changes(MatchTopology.DOWNLOADS);

            // When
            sweeps.forEach(
                    sweep -> pipe.send(Topics.PRIVACY_ERASURE_SWEEP, sweep.key(), sweep.value(), sweep.headers()));

            // Then
            List<TestRecord<byte[], byte[]>> changes = pipe.changes(MatchTopology.DOWNLOADS);
            assertTrue(changes.stream()
                    .anyMatch(it -> new String(it.key(), UTF_8).contains("e1\0") && it.value() == null));
            assertTrue(changes.stream()
                    .anyMatch(it -> new String(it.key(), UTF_8).contains("e2\0") && it.value() != null));
        }
    }

    /** Put into another row since it was found, by a process that died before its changelog had that. */
    @Test
    void aRowThatIsGoneIsTakenOutOfTheChangelog() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(by(JANE, "e1"));
            pipe.erase(ofOrganisation("user-jane"));
            List<TestRecord<byte[], byte[]>> sweeps = pipe.records(Topics.PRIVACY_ERASURE_SWEEP);
            KeyValueStore<Bytes, byte[]> rows = pipe.store(MatchTopology.DOWNLOADS);
            try (var all = rows.all()) {
                rows.delete(all.next().key);
            }
            pipe.passTime(Duration.ofSeconds(1));
            pipe.changes(MatchTopology.DOWNLOADS);

            // When
            sweeps.forEach(
                    sweep -> pipe.send(Topics.PRIVACY_ERASURE_SWEEP, sweep.key(), sweep.value(), sweep.headers()));

            // Then
            List<TestRecord<byte[], byte[]>> changes = pipe.changes(MatchTopology.DOWNLOADS);
            assertTrue(changes.stream()
                    .anyMatch(it -> new String(it.key(), UTF_8).contains("e1\0") && it.value() == null));
        }
    }

    @Test
    void erasuresAreRememberedByAHashAndForgottenOnceNothingOlderCanCome() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.erase(ofOrganisation("user-jane"));
            assertEquals(2, pipe.rows(MatchTopology.ERASURES).size());
            assertFalse(pipe.rows(MatchTopology.ERASURES).stream().anyMatch(row -> row.contains("jane")));

            // When
            pipe.clock.advance(ErasureRepository.REMEMBERED.plus(Duration.ofSeconds(1)));
            pipe.erase(erasure().setTokenId(TOKEN).build());

            // Then
            assertEquals(
                    2, pipe.rows(MatchTopology.ERASURES).size(), "that there are any, and the one that was just done");
        }
    }

    @Test
    void ofAnErasureThatCannotBeReadNothingIsKeptButWhereItCameFrom() {
        try (MatchPipe pipe = new MatchPipe()) {
            // When
            pipe.sendBytes(Topics.PRIVACY_ERASURE, "jane".getBytes(UTF_8), "jane".getBytes(UTF_8));
            pipe.sendBytes(
                    Topics.PRIVACY_ERASURE,
                    null,
                    MessageCodec.of(PrivacyErasure.class)
                            .encode(erasure().setOrgId("a").setTokenId(TOKEN).build()));

            // Then
            List<TestRecord<byte[], byte[]>> quarantined = pipe.quarantined();
            assertEquals(2, quarantined.size());
            for (TestRecord<byte[], byte[]> record : quarantined) {
                assertNull(record.key());
                assertNull(record.value());
                assertFalse(record.headers().toString().contains("jane"));
            }
        }
    }

    private static PrivacyErasure.Builder erasure() {
        return PrivacyErasure.newBuilder().setErasureId("erasure-1").setRequestedAt(REQUESTED);
    }

    private static PrivacyErasure ofOrganisation(String principalId) {
        return erasure().setOrgId("example-org").setPrincipalId(principalId).build();
    }

    private static DownloadRecorded.Builder by(Principal principal, String eventId) {
        return download(eventId).setPrincipal(principal);
    }

    private static DownloadRecorded.Builder ofToken(String eventId) {
        return by(JOE, eventId).setAudience("token:" + TOKEN);
    }

    /** How many stored downloads say it, in key or value. */
    private static long count(MatchPipe pipe, String text) {
        return pipe.rows(MatchTopology.DOWNLOADS).stream()
                .filter(row -> row.contains(text))
                .count();
    }

    private static List<String> eventIds(List<String> rows, String audience) {
        return rows.stream()
                .filter(row -> row.contains(audience))
                .map(row -> row.contains("new") ? "new" : row)
                .toList();
    }

    private static List<String> eventIds(AdvisoryMatched match) {
        return match.getDownloads().stream().map(AffectedDownload::getEventId).toList();
    }

    private static List<Principal> principals(AdvisoryMatched match) {
        return match.getDownloads().stream().map(AffectedDownload::getPrincipal).toList();
    }
}
