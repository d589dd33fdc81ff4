package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import tocsin.matcher.feed.AdvisoryReport;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.HoldDecision;

class AdvisoryStatusTest {

    private static final long EACH_LOOK_ENDS_THE_SLICE = 10_000_000;

    @Test
    void tellsHowManyAudiencesWereFoundAndNeverWhich() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given
            IntStream.range(0, 5).forEach(i -> pipe.download(download("e" + i).setAudience("org:example-" + i)));

            // When
            pipe.publish(osv("GHSA-1"));

            // Then
            AdvisoryReport report = pipe.report("GHSA-1").orElseThrow();
            assertEquals(
                    new AdvisoryReport(
                            "GHSA-1",
                            List.of(new AdvisoryReport.Statement(
                                    "osv",
                                    "npm:event-stream",
                                    "accepted",
                                    null,
                                    "2026-04-17T10:00:00Z",
                                    false,
                                    "2026-04-17T12:00:00Z",
                                    new AdvisoryReport.Scan(
                                            1,
                                            1,
                                            5,
                                            true,
                                            "2026-04-17T12:00:00Z",
                                            List.of(new AdvisoryReport.Partition(0, "done", 5)))))),
                    report);
            assertFalse(report.toString().contains("example-1"));
        }
    }

    @Test
    void tellsHowFarAScanIs() {
        try (MatchPipe pipe = new MatchPipe(EACH_LOOK_ENDS_THE_SLICE)) {
            // Given a scan whose last slice but one comes again, as after a crash
            IntStream.range(0, 5).forEach(i -> pipe.download(download("e" + i).setAudience("org:example-" + i)));
            pipe.publish(osv("GHSA-1"));
            List<TestRecord<byte[], byte[]>> told = pipe.records(Topics.ADVISORY_STATUS);

            // When only the first of what the scan tells has arrived
            TestRecord<byte[], byte[]> afterOne = told.get(1);
            pipe.sendBytes(Topics.ADVISORY_STATUS, afterOne.key(), afterOne.value());

            // Then
            assertEquals(
                    new AdvisoryReport.Scan(
                            1,
                            0,
                            1,
                            false,
                            "2026-04-17T12:00:00Z",
                            List.of(new AdvisoryReport.Partition(0, "running", 1))),
                    scan(pipe.report("GHSA-1")));
        }
    }

    @Test
    void aPartitionWhereNobodyIsFoundSaysOnceForAllHowFarItIs() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.publish(osv("GHSA-1"));
            pipe.publish(osv("GHSA-2"));
            assertEquals(
                    new AdvisoryReport.Scan(
                            2,
                            0,
                            0,
                            false,
                            null,
                            List.of(
                                    new AdvisoryReport.Partition(0, "waiting", 0),
                                    new AdvisoryReport.Partition(1, "waiting", 0))),
                    scan(pipe.report("GHSA-1", 2, _ -> true)));
            assertEquals(2, pipe.records(Topics.ADVISORY_STATUS).size());

            // When
            pipe.passTime(Duration.ofSeconds(1));

            // Then
            assertEquals(1, pipe.records(Topics.ADVISORY_STATUS).size());
            assertEquals(1, scan(pipe.report("GHSA-1", 2, _ -> true)).partitionsDone());
            assertEquals(1, scan(pipe.report("GHSA-2", 2, _ -> true)).partitionsDone());
            pipe.publish(osv("GHSA-3"));
            assertFalse(scan(pipe.report("GHSA-3")).done());
        }
    }

    @Test
    void whatOfAnEarlierRevisionWasFoundIsNotToldOfTheNext() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(download("e1"));
            pipe.publish(osv("GHSA-1"));

            // When
            pipe.publish(osv("GHSA-1").modifiedAt("2026-04-17T11:00:00Z").affecting("\"versions\": [\"9.9.9\"]"));

            // Then
            assertEquals(0, scan(pipe.report("GHSA-1")).audiences());
        }
    }

    @Test
    void aRefusalIsToldWithItsReasonUntilSomethingNewerIsTaken() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.publish(osv("GHSA-1").of("Go", "example.com/x"));
            assertEquals(List.of("refused names no package of a known ecosystem"), states(pipe, "GHSA-1"));

            // When
            pipe.publish(osv("GHSA-1").modifiedAt("2026-04-17T11:00:00Z"));

            // Then
            assertEquals(List.of("accepted null"), states(pipe, "GHSA-1"));
        }
    }

    @Test
    void whatIsHeldIsToldAsHeldAndOnceAPersonRejectedItAsRefused() {
        try (HoldingPipe holding = new HoldingPipe()) {
            // When
            holding.pipe.publish(osv("MAL-1").allVersions());
            holding.pipe.publish(osv("MAL-2").allVersions());
            holding.pipe.publish(osv("MAL-3").affecting("\"versions\": [\"1.0.3\"]"));
            holding.publishRevision(osv("MAL-3").allVersions(), HoldingPipe.LATER);
            List<AdvisoryHeld> held = holding.rows();

            // Then
            assertEquals(List.of("held null"), states(holding.pipe, "MAL-1"));

            // When
            holding.decide(held.get(0), HoldDecision.REJECT, "admin-1", MatchPipe.NOW);
            holding.release(held.get(1));
            holding.decide(held.get(2), HoldDecision.REJECT, "admin-1", MatchPipe.NOW);

            // Then
            assertEquals(List.of("refused a person has rejected it"), states(holding.pipe, "MAL-1"));
            assertEquals(List.of("accepted null"), states(holding.pipe, "MAL-2"));
            // What stood before stands.
            assertEquals(List.of("accepted null"), states(holding.pipe, "MAL-3"));

            // When
            holding.publishRevision(osv("MAL-1").affecting("\"versions\": [\"1.0.3\"]"), HoldingPipe.LATER);

            // Then
            assertEquals(List.of("accepted null"), states(holding.pipe, "MAL-1"));
        }
    }

    @Test
    void tellsNobodyOfFeedsThatAreNotHis() {
        try (MatchPipe pipe = new MatchPipe()) {
            // When
            pipe.publish(osv("GHSA-1"));
            pipe.publish(osv("GHSA-11"));

            // Then
            assertEquals(Optional.empty(), pipe.report("GHSA-1", 1, feed -> !feed.equals("osv")));
            assertEquals(Optional.empty(), pipe.report("GHSA-", 1, _ -> true));
            assertEquals(Optional.empty(), pipe.report("", 1, _ -> true));
            assertEquals(1, pipe.report("GHSA-1").orElseThrow().statements().size());
        }
    }

    @Test
    void whatIsWithdrawnTakesBack() {
        try (MatchPipe pipe = new MatchPipe()) {
            // When
            pipe.publish(osv("GHSA-1").withdrawnAt("2026-04-17T10:00:00Z"));
            pipe.publish(osv("GHSA-2"));
            pipe.publish(osv("GHSA-2").named("flatmap-stream").modifiedAt("2026-04-17T11:00:00Z"));

            // Then
            assertEquals(List.of("npm:event-stream true"), statements(pipe, "GHSA-1"));
            assertEquals(List.of("npm:event-stream true", "npm:flatmap-stream false"), statements(pipe, "GHSA-2"));
        }
    }

    private static List<String> states(MatchPipe pipe, String id) {
        return pipe.report(id).orElseThrow().statements().stream()
                .map(it -> it.state() + " " + it.reason())
                .toList();
    }

    private static List<String> statements(MatchPipe pipe, String id) {
        return pipe.report(id).orElseThrow().statements().stream()
                .map(it -> it.packageKey() + " " + it.takesBack())
                .toList();
    }

    private static AdvisoryReport.Scan scan(Optional<AdvisoryReport> report) {
        return Optional.ofNullable(report.orElseThrow().statements().getFirst().scan())
                .orElseThrow();
    }
}
