package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryScan;
import tocsin.schemas.avro.AffectedDownload;

class ScanSlicesTest {

    private static final long EACH_LOOK_ENDS_THE_SLICE = 10_000_000;
    private static final long EVERY_THIRD_LOOK_ENDS_THE_SLICE = 4_000_000;

    @Test
    void aScanInManySlicesFindsTheSameAsInOne() {
        // Given
        List<AdvisoryMatched> inOne = scan(0);

        // Then
        assertEquals(25, inOne.size());
        assertEquals(inOne, scan(EACH_LOOK_ENDS_THE_SLICE));
        assertEquals(inOne, scan(EVERY_THIRD_LOOK_ENDS_THE_SLICE));
    }

    @Test
    void theRestOfAScanTravelsAsARecordWithItsCursor() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            pipe.download(download("e1").setAudience("org:a"));
            pipe.download(download("e2").setAudience("org:b"));
            pipe.download(download("e3").setAudience("org:c"));

            // When
            pipe.publish(osv("GHSA-1"));

            // Then
            MessageCodec<AdvisoryScan> codec = MessageCodec.of(AdvisoryScan.class);
            List<AdvisoryScan> rests = pipe.records(Topics.ADVISORY_SCAN).stream()
                    .map(TestRecord::value)
                    .map(codec::decode)
                    .toList();
            assertEquals(
                    List.of("org:a", "org:b"),
                    rests.stream().map(AdvisoryScan::getAfterAudience).toList());
            assertTrue(rests.stream().allMatch(rest -> rest.getPartition() == 0));
            assertTrue(rests.stream().allMatch(rest -> rest.getStartedAt().equals(MatchPipe.NOW)));
            assertEquals(3, pipe.matches().size());
        }
    }

    @Test
    void anAdvisoryThatComesAgainFindsWhatCameSince() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            pipe.download(download("e1").setAudience("org:a"));
            pipe.download(download("e2").setAudience("org:b"));
            pipe.publish(osv("GHSA-1").allVersions());
            pipe.download(download("e3").setAudience("org:a").setVersion("0.0.1"));
            pipe.matches();

            // When
            pipe.publish(osv("GHSA-1").allVersions());

            // Then
            assertEquals(
                    List.of("e1", "e3"),
                    pipe.matches().getFirst().getDownloads().stream()
                            .map(AffectedDownload::getEventId)
                            .sorted()
                            .toList());
        }
    }

    @Test
    void aRepeatOfASliceRepeatsItsMatches() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            fillHistory(pipe);
            pipe.publish(osv("GHSA-1").allVersions());
            List<AdvisoryMatched> all = pipe.matches();
            List<TestRecord<byte[], byte[]>> rests = pipe.records(Topics.ADVISORY_SCAN);

            // When
            TestRecord<byte[], byte[]> tenth = rests.get(9);
            pipe.sendBytes(Topics.ADVISORY_SCAN, tenth.key(), tenth.value());

            // Then
            assertEquals(all.subList(10, 25), pipe.matches());
        }
    }

    /** More audiences than are looked up at once, and some versions that only the last of them fetched. */
    @ParameterizedTest
    @ValueSource(longs = {0, 3_000_000, EACH_LOOK_ENDS_THE_SLICE})
    void findsEveryAudienceOnceHoweverManyThereAre(long nanosPerLook) {
        try (MatchPipe pipe = new MatchPipe(nanosPerLook)) {
            // Given
            for (int i = 0; i < 600; i++) {
                String audience = "org:example-%03d".formatted(i);
                pipe.download(download("a" + i).setAudience(audience).setVersion("1.0." + i % 3));
                // Half of the versions are fetched by the later half of the audiences only: whichever version is looked
                // at first, others
                // bring earlier audiences.
                String other = i < 300 ? "1.0." + i % 3 : i < 590 ? "1.0." + (3 + i % 3) : "1.0.9";
                pipe.download(download("b" + i).setAudience(audience).setVersion(other));
            }

            // When
            pipe.publish(osv("GHSA-1").allVersions());

            // Then
            assertEquals(
                    IntStream.range(0, 600)
                            .mapToObj(i -> "org:example-%03d [a%d, b%d]".formatted(i, i, i))
                            .toList(),
                    pipe.matches().stream()
                            .map(match -> match.getAudience() + " "
                                    + match.getDownloads().stream()
                                            .map(AffectedDownload::getEventId)
                                            .toList())
                            .toList());
        }
    }

    /** Anybody can make up versions, and downloads behind them must not wait for all of them to be looked at. */
    @Test
    void aPackageOfVeryManyVersionsIsSearchedInSlicesToo() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            for (int i = 0; i < 2000; i++) {
                pipe.download(download("e" + i).setAudience("org:" + i % 2).setVersion("9.9." + i));
            }

            // When
            pipe.publish(osv("GHSA-1").allVersions());

            // Then
            List<AdvisoryMatched> matches = pipe.matches();
            assertEquals(
                    List.of("org:0 1000", "org:1 1000"),
                    matches.stream()
                            .map(match -> match.getAudience() + " "
                                    + match.getDownloads().size())
                            .toList());
            MessageCodec<AdvisoryScan> codec = MessageCodec.of(AdvisoryScan.class);
            List<String> cursors = pipe.records(Topics.ADVISORY_SCAN).stream()
                    .map(record -> codec.decode(record.value()).getAfterAudience())
                    .toList();
            // 2000 versions, to be listed and then to be looked at, 256 in a slice.
            assertTrue(cursors.stream().filter(String::isEmpty).count() >= 12, cursors.toString());
            assertEquals("org:0", cursors.getLast());
        }
    }

    @Test
    void theRestOfAScanEndsOnceANewerRevisionTookThePackageBack() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            fillHistory(pipe);
            pipe.publish(osv("GHSA-1").allVersions());
            TestRecord<byte[], byte[]> rest = pipe.records(Topics.ADVISORY_SCAN).getFirst();
            pipe.publish(osv("GHSA-1").named("flatmap-stream").modifiedAt("2026-04-18T00:00:00Z"));
            pipe.matches();
            pipe.records(Topics.ADVISORY_SCAN);

            // When
            pipe.sendBytes(Topics.ADVISORY_SCAN, rest.key(), rest.value());

            // Then
            assertEquals(List.of(), pipe.matches());
            assertEquals(List.of(), pipe.records(Topics.ADVISORY_SCAN));
        }
    }

    @Test
    void theRestOfAScanEndsOnceTheSameRevisionSaysSomethingElse() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            fillHistory(pipe);
            pipe.publish(osv("GHSA-1").allVersions());
            TestRecord<byte[], byte[]> rest = pipe.records(Topics.ADVISORY_SCAN).getFirst();
            pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.1\"]"));
            TestRecord<byte[], byte[]> restOfOther =
                    pipe.records(Topics.ADVISORY_SCAN).getFirst();
            pipe.matches();

            // When
            pipe.sendBytes(Topics.ADVISORY_SCAN, rest.key(), rest.value());
            List<AdvisoryMatched> ofReplaced = pipe.matches();
            pipe.sendBytes(Topics.ADVISORY_SCAN, restOfOther.key(), restOfOther.value());

            // Then
            assertEquals(List.of(), ofReplaced);
            assertEquals(24, pipe.matches().size());
        }
    }

    /** A feed that publishes the same again, or in other words, stops nothing. */
    @Test
    void theRestOfAScanGoesOnWhileTheSameIsSaid() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            fillHistory(pipe);
            pipe.publish(osv("GHSA-1").allVersions());
            TestRecord<byte[], byte[]> rest = pipe.records(Topics.ADVISORY_SCAN).getFirst();
            pipe.publish(Samples.published(
                    osv("GHSA-1").allVersions().json().replace("Malicious code", "Malware"), Samples.PUBLISHED));
            pipe.records(Topics.ADVISORY_SCAN);
            pipe.matches();

            // When
            pipe.sendBytes(Topics.ADVISORY_SCAN, rest.key(), rest.value());

            // Then
            assertEquals(24, pipe.matches().size());
        }
    }

    private static List<AdvisoryMatched> scan(long nanosPerLook) {
        try (MatchPipe pipe = new MatchPipe(nanosPerLook)) {
            fillHistory(pipe);
            pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.1\", \"3.3.2\", \"3.3.5\", \"3.3.6\"]"));
            return pipe.matches();
        }
    }

    private static void fillHistory(MatchPipe pipe) {
        IntStream.range(0, 300)
                .forEach(i -> pipe.download(download("e" + i)
                        .setAudience("org:example-" + i % 25)
                        .setVersion("3.3." + i % 7)
                        .setFetchedAt(Instant.parse("2026-04-01T00:00:00Z").plusSeconds(i))));
    }
}
