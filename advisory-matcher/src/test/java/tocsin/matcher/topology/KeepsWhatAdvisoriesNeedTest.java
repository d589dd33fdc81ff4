package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.match.Matching;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;

/** State is bounded by number and by age, but no row goes that an advisory under way may tell of. */
class KeepsWhatAdvisoriesNeedTest {

    private static final long EACH_LOOK_ENDS_THE_SLICE = 10_000_000;
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Instant OLD = MatchPipe.NOW.minus(YEAR).minusSeconds(1);

    @Test
    void manyNewerDownloadsDuringAScanHideNobodyWhoIsAffected() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given a scan that has told the first audience, and not yet the second
            pipe.download(download("a1").setAudience("org:a"));
            IntStream.range(0, 3).forEach(i -> pipe.download(download("b" + i).setAudience("org:b")));
            pipe.publish(osv("GHSA-1"));
            TestRecord<byte[], byte[]> rest = pipe.records(Topics.ADVISORY_SCAN).getFirst();
            pipe.matches();

            // When
            Instant later = MatchPipe.NOW.plusSeconds(1);
            IntStream.range(0, 1200)
                    .forEach(i -> pipe.download(download("new" + i)
                            .setAudience("org:b")
                            .setFetchedAt(later.plusSeconds(i))
                            .setReceivedAt(later.plusSeconds(i))));
            pipe.sendBytes(Topics.ADVISORY_SCAN, rest.key(), rest.value());

            // Then
            assertEquals(List.of("b0", "b1", "b2"), told(pipe));
        }
    }

    /** In one slice, and in as many as there are rows. */
    @ParameterizedTest
    @ValueSource(longs = {0, EACH_LOOK_ENDS_THE_SLICE})
    void whatIsOlderThanTheRetentionGoesAndNothingElse(long nanosPerLook) {
        try (MatchPipe pipe = pipe(nanosPerLook)) {
            // Given
            for (String version : List.of("1.0.0", "1.0.1", "1.0.2")) {
                pipe.download(old("old-" + version).setVersion(version));
                pipe.download(old("older-" + version).setVersion(version).setFetchedAt(OLD.minusSeconds(9)));
            }
            pipe.download(old("kept").setVersion("1.0.1").setFetchedAt(OLD.plusSeconds(1)));

            // When
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(1, pipe.rows(MatchTopology.DOWNLOADS).size());
            pipe.publish(osv("GHSA-1").allVersions());
            assertEquals(List.of("kept"), told(pipe));
            assertEquals(
                    6.0, pipe.registry.counter("tocsin.matcher.retired.rows").count());
        }
    }

    @Test
    void anAdvisoryThatCameOfLateStillFindsWhatIsOld() {
        try (MatchPipe pipe = pipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            pipe.download(old("a1").setAudience("org:a"));
            pipe.download(old("b1").setAudience("org:b"));
            pipe.download(old("unaffected").setAudience("org:b").setVersion("3.3.5"));
            pipe.publish(osv("GHSA-1"));
            TestRecord<byte[], byte[]> rest = pipe.records(Topics.ADVISORY_SCAN).getFirst();
            pipe.matches();

            // When
            pipe.passTime(Duration.ofSeconds(20));
            pipe.sendBytes(Topics.ADVISORY_SCAN, rest.key(), rest.value());

            // Then
            assertEquals(List.of("b1"), told(pipe));
            assertEquals(2, pipe.rows(MatchTopology.DOWNLOADS).size());

            // When its scan must be over
            pipe.clock.advance(Duration.ofDays(31));
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(List.of(), pipe.rows(MatchTopology.DOWNLOADS));
        }
    }

    /** All in one slice: what is needed is asked of each version and audience by itself. */
    @Test
    void whatIsOldGoesOnlyWhereNoAdvisoryNeedsIt() {
        try (MatchPipe pipe = pipe(0)) {
            // Given
            pipe.download(old("before").setVersion("3.3.5"));
            pipe.download(old("needed"));
            pipe.download(old("behind").setVersion("3.3.7"));
            pipe.download(old("internal").setOriginRegistry("npm.example.com"));
            pipe.publish(osv("GHSA-1"));
            pipe.matches();

            // When
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(1, pipe.rows(MatchTopology.DOWNLOADS).size());
            pipe.publish(osv("GHSA-2").allVersions());
            assertEquals(List.of("needed"), told(pipe));
        }
    }

    @Test
    void looksForWhatBecameOldOnceAnHour() {
        try (MatchPipe pipe = pipe(0)) {
            // Given
            pipe.passTime(Duration.ofSeconds(20));
            pipe.download(old("e1"));

            // When
            pipe.clock.advance(Duration.ofMinutes(59));
            pipe.passTime(Duration.ofSeconds(1));

            // Then
            assertEquals(1, pipe.rows(MatchTopology.DOWNLOADS).size());

            // When
            pipe.clock.advance(Duration.ofMinutes(1));
            pipe.passTime(Duration.ofSeconds(1));

            // Then
            assertEquals(List.of(), pipe.rows(MatchTopology.DOWNLOADS));
        }
    }

    @Test
    void whatAHeldAdvisoryWouldCountStaysUntilSomebodyHasLooked() {
        try (MatchPipe pipe = new MatchPipe(0, 4, new Matching(Duration.ofDays(7)), YEAR)) {
            // Given
            Instant notYetOld = OLD.plus(Duration.ofDays(1));
            IntStream.range(0, 4)
                    .forEach(i -> pipe.download(download("e" + i)
                            .setAudience("org:example-" + i)
                            .setFetchedAt(notYetOld)
                            .setReceivedAt(notYetOld)));
            pipe.passTime(Duration.ofSeconds(1));
            pipe.publish(osv("GHSA-1").allVersions());
            assertEquals(List.of(), told(pipe));

            // When
            pipe.clock.advance(Duration.ofDays(60));
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(4, pipe.rows(MatchTopology.DOWNLOADS).size());
        }
    }

    @Test
    void withoutRetentionEverythingStays() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(old("e1"));

            // When
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(1, pipe.rows(MatchTopology.DOWNLOADS).size());
        }
    }

    private static MatchPipe pipe(long nanosPerLook) {
        return new MatchPipe(nanosPerLook, 0, new Matching(Duration.ofDays(7)), YEAR);
    }

    private static DownloadRecorded.Builder old(String eventId) {
        return download(eventId).setFetchedAt(OLD).setReceivedAt(OLD);
    }

    private static List<String> told(MatchPipe pipe) {
        return pipe.matches().stream()
                .flatMap(match -> match.getDownloads().stream())
                .map(AffectedDownload::getEventId)
                .toList();
    }

    /** A download that came first too late, and then was told of with its true receipt. */
    @Test
    void theReceiptThatCountsStaysWhereTheFirstRowGoes() {
        try (MatchPipe pipe = pipe(0)) {
            // Given
            pipe.download(old("e1").setFetchedAt(OLD).setReceivedAt(MatchPipe.NOW.plus(YEAR)));
            pipe.download(old("e1").setFetchedAt(OLD).setReceivedAt(OLD));
            pipe.publish(osv("GHSA-1"));
            pipe.matches();

            // When
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(1, pipe.rows(MatchTopology.DOWNLOADS).size());
            pipe.publish(osv("GHSA-2").allVersions());
            assertEquals(List.of("e1"), told(pipe));
        }
    }
}
