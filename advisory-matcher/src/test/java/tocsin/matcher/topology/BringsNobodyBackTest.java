package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Erasures.ERASED;
import static tocsin.matcher.topology.Erasures.JANE;
import static tocsin.matcher.topology.Erasures.JOE;
import static tocsin.matcher.topology.Erasures.REQUESTED;
import static tocsin.matcher.topology.Erasures.TOKEN;
import static tocsin.matcher.topology.Erasures.by;
import static tocsin.matcher.topology.Erasures.byToken;
import static tocsin.matcher.topology.Erasures.ofAddress;
import static tocsin.matcher.topology.Erasures.ofJane;
import static tocsin.matcher.topology.Erasures.ofToken;
import static tocsin.matcher.topology.Erasures.principals;
import static tocsin.matcher.topology.Erasures.rowsThatSay;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.ErasureSweep;

/** Whatever comes once an erasure is read, a log that is shipped late or the rest of a scan, names nobody whom it is about. */
class BringsNobodyBackTest {

    /** As after a token changed hands. */
    @Test
    void anEarlierReceiptOfAnotherNamesNobodyWhereSomebodyWasErased() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(by(JANE, "e1"));
            pipe.erase(ofJane());

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
            pipe.erase(ofJane());
            pipe.erase(ofToken());
            pipe.matches();

            // When
            pipe.download(by(JANE, "e1"));
            pipe.download(by(JANE, "e2"));
            pipe.download(by(JANE, "fetched-before").setReceivedAt(REQUESTED.plusSeconds(60)));
            pipe.download(by(JANE, "proxy-clock-ahead").setFetchedAt(REQUESTED.plusSeconds(60)));
            pipe.download(byToken("e3"));

            // Then
            assertEquals(
                    List.of(List.of(ERASED), List.of(ERASED), List.of(ERASED), List.of(ERASED)),
                    pipe.matches().stream().map(Erasures::principals).toList());
            assertEquals(0, rowsThatSay(pipe, "jane"));
            assertEquals(0, rowsThatSay(pipe, TOKEN));
            assertEquals(
                    1.0,
                    pipe.registry.counter("tocsin.matcher.downloads.erased").count());
        }
    }

    @Test
    void whatIsFetchedAfterItIsANewFact() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.erase(ofJane());

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
            pipe.erase(ofAddress("jane@example.com"));
            pipe.sendBytes(Topics.ADVISORY_SCAN, rest.key(), rest.value());

            // Then
            assertEquals(
                    List.of(List.of(ERASED), List.of(ERASED), List.of(ERASED)),
                    pipe.matches().stream().map(Erasures::principals).toList());
        }
    }

    /** From the moment that it is read, though a large store takes long to sweep. */
    @Test
    void nothingIsToldOfWhomTheSweepHasNotReachedYet() {
        try (MatchPipe pipe = new MatchPipe(10_000_000)) {
            // Given
            pipe.download(by(JANE, "e1"));
            ErasureSweep last =
                    ErasureSweep.newBuilder().setErasure(ofJane()).setDone(true).build();

            // When
            pipe.sendBytes(
                    Topics.PRIVACY_ERASURE_SWEEP,
                    "key".getBytes(UTF_8),
                    MessageCodec.of(ErasureSweep.class).encode(last));
            pipe.publish(osv("GHSA-1"));

            // Then
            assertEquals(1, rowsThatSay(pipe, "user-jane"));
            assertEquals(List.of(ERASED), principals(pipe.matches().getFirst()));
        }
    }
}
