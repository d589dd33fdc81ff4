package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.tracker.Samples;
import tocsin.tracker.recording.OutcomePublisher.Decided;
import tocsin.tracker.recording.RecordingMetrics.Tallies;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;
import tocsin.tracker.recording.RecordingOutcome.Waiting;

class RecordingMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RecordingMetrics metrics = new RecordingMetrics(registry);

    private static List<Decided> decided(RecordingOutcome... outcomes) {
        return Arrays.stream(outcomes)
                .map(outcome -> decided(Samples.FETCHED_AT.toEpochMilli(), outcome))
                .toList();
    }

    private static Decided decided(long receivedAt, RecordingOutcome outcome) {
        return new Decided(
                new ConsumerRecord<>(
                        "download.observed",
                        0,
                        0,
                        receivedAt,
                        TimestampType.LOG_APPEND_TIME,
                        -1,
                        -1,
                        null,
                        null,
                        new RecordHeaders(),
                        Optional.empty()),
                outcome);
    }

    @Test
    void countsBySourceAndReason() {
        // When
        observed(decided(
                new Dropped("a", "metadata"),
                new Dropped("a", "metadata"),
                new Dropped("b", "method"),
                new Quarantined("b", Fault.UNKNOWN_SHAPE, "unknown shape")));

        // Then
        assertEquals(2, count("tocsin.downloads.observed", "source", "a"));
        assertEquals(2, count("tocsin.downloads.dropped", "source", "a", "reason", "metadata"));
        assertEquals(2, count("tocsin.downloads.observed", "source", "b"));
        assertEquals(1, count("tocsin.downloads.quarantined", "source", "b", "reason", "unknown_shape"));
    }

    @Test
    void countsWhatCameFromInternalRegistries() {
        // When
        observed(decided(recorded(null), recorded("npm.example.org")));

        // Then
        assertEquals(2, count("tocsin.downloads.recorded", "source", "a"));
        assertEquals(1, count("tocsin.downloads.internal", "source", "a"));
    }

    private void observed(List<Decided> batch) {
        metrics.observed(tallied(batch));
    }

    private void waited(List<Decided> batch) {
        metrics.waited(tallied(batch));
    }

    private static Tallies tallied(List<Decided> batch) {
        Tallies tallies = new Tallies();
        batch.forEach(tallies::add);
        return tallies;
    }

    private static RecordingOutcome recorded(@Nullable String originRegistry) {
        return new Recorded(
                "key",
                DownloadRecorded.newBuilder()
                        .setEventId("e1")
                        .setSource("a")
                        .setEcosystem("npm")
                        .setPackageName("event-stream")
                        .setVersion("3.3.6")
                        .setFetchedAt(Samples.FETCHED_AT)
                        .setReceivedAt(Samples.FETCHED_AT)
                        .setAudience("org:acme")
                        .setPrincipal(Samples.ci())
                        .setOriginRegistry(originRegistry)
                        .build());
    }

    @Test
    void countsSourcesBeyondTheLimitTogether() {
        // When
        observed(IntStream.range(0, RecordingMetrics.MAX_SOURCES + 50)
                .mapToObj(i -> decided(1_000, new Dropped("source-" + i, "metadata")))
                .toList());

        // Then
        assertEquals(
                RecordingMetrics.MAX_SOURCES + 1,
                registry.find("tocsin.downloads.observed").counters().size());
        assertEquals(
                RecordingMetrics.MAX_SOURCES + 1,
                registry.find("tocsin.downloads.last.seen").gauges().size());
        assertEquals(50, count("tocsin.downloads.observed", "source", "other"));
    }

    @Test
    void countsOnceAsObservedWhatWaited() {
        // When
        observed(decided(
                new Waiting("a", new Awaited.Registration(new Audience.Token(Samples.TOKEN_ID), Optional.empty()))));
        waited(decided(recorded(null)));

        // Then
        assertEquals(1, count("tocsin.downloads.observed", "source", "a"));
        assertEquals(1, count("tocsin.downloads.parked", "source", "a"));
        assertEquals(1, count("tocsin.downloads.recorded", "source", "a"));
    }

    @Test
    void showsWhenASourceWasHeardOfThatOnlyTheWaitTold() {
        // When
        observed(decided(new Waiting("unknown", new Awaited.Schema(7))));
        waited(List.of(decided(20_000, new Dropped("a", "metadata"))));

        // Then
        assertEquals(20, lastSeen("a"));
    }

    @Test
    void showsWhenEachSourceWasLastHeardOf() {
        // When a replay comes after what is newer
        observed(List.of(decided(20_000, new Dropped("a", "metadata")), decided(30_000, new Dropped("b", "x"))));
        observed(List.of(decided(10_000, new Dropped("a", "metadata"))));

        // Then
        assertEquals(20, lastSeen("a"));
        assertEquals(30, lastSeen("b"));
    }

    private double lastSeen(String source) {
        return registry.get("tocsin.downloads.last.seen")
                .tag("source", source)
                .gauge()
                .value();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }
}
