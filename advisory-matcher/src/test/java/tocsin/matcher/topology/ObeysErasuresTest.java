package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Erasures.ERASED;
import static tocsin.matcher.topology.Erasures.JANE;
import static tocsin.matcher.topology.Erasures.JOE;
import static tocsin.matcher.topology.Erasures.REQUESTED;
import static tocsin.matcher.topology.Erasures.TOKEN;
import static tocsin.matcher.topology.Erasures.by;
import static tocsin.matcher.topology.Erasures.byToken;
import static tocsin.matcher.topology.Erasures.erasure;
import static tocsin.matcher.topology.Erasures.ofAddress;
import static tocsin.matcher.topology.Erasures.ofJane;
import static tocsin.matcher.topology.Erasures.ofToken;
import static tocsin.matcher.topology.Erasures.rowsThatSay;
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
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.PrivacyErasure;

/** Once an erasure is read nothing says who was erased: not what is told, nor what is stored, nor what is kept of the erasure itself. */
class ObeysErasuresTest {

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
            pipe.erase(ofJane());
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
            assertEquals(1, rowsThatSay(pipe, "user-jane"));
            assertEquals(1, rowsThatSay(pipe, "Jane@example.com"));
            assertEquals(1, rowsThatSay(pipe, "user-joe"));
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
            pipe.erase(ofAddress("jane@EXAMPLE.com"));
            pipe.publish(osv("GHSA-1"));

            // Then
            assertEquals(0, rowsThatSay(pipe, "jane"));
            assertEquals(0, rowsThatSay(pipe, "Jane"));
            assertEquals(1, rowsThatSay(pipe, "joe@"));
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
            IntStream.range(0, 30).forEach(i -> pipe.download(byToken("e" + i).setVersion("3.3." + i % 7)));
            pipe.download(by(JOE, "e-joe"));
            Instant after = REQUESTED.plusSeconds(1);
            pipe.download(byToken("new").setVersion("3.3.1").setFetchedAt(after).setReceivedAt(after));

            // When
            pipe.erase(ofToken());

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

    /** After a crash a row may be gone from the store and still be in its changelog. */
    @Test
    void aRepeatWritesEachErasedRowAgain() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(byToken("e1"));
            pipe.download(by(JANE, "e2"));
            pipe.erase(ofToken());
            pipe.erase(ofJane());
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
            pipe.erase(ofJane());
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
            pipe.erase(ofJane());
            assertEquals(2, pipe.rows(MatchTopology.ERASURES).size());
            assertFalse(pipe.rows(MatchTopology.ERASURES).stream().anyMatch(row -> row.contains("jane")));

            // When
            pipe.clock.advance(ErasureRepository.REMEMBERED.plus(Duration.ofSeconds(1)));
            pipe.erase(ofToken());

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

    private static List<String> eventIds(List<String> rows, String audience) {
        return rows.stream()
                .filter(row -> row.contains(audience))
                .map(row -> row.contains("new") ? "new" : row)
                .toList();
    }

    private static List<String> eventIds(AdvisoryMatched match) {
        return match.getDownloads().stream().map(AffectedDownload::getEventId).toList();
    }
}
