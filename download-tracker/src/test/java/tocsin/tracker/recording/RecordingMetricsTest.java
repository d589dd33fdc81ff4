package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.tracker.Samples;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;

class RecordingMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RecordingMetrics metrics = new RecordingMetrics(registry);

    @Test
    void countsBySourceAndReason() {
        // When
        metrics.count(List.of(
                new Dropped("a", "metadata"),
                new Dropped("a", "metadata"),
                new Dropped("b", "method"),
                new Quarantined("b", Fault.UNKNOWN_TOKEN, "unknown token")));

        // Then
        assertEquals(2, count("tocsin.downloads.observed", "source", "a"));
        assertEquals(2, count("tocsin.downloads.dropped", "source", "a", "reason", "metadata"));
        assertEquals(2, count("tocsin.downloads.observed", "source", "b"));
        assertEquals(1, count("tocsin.downloads.quarantined", "source", "b", "reason", "unknown_token"));
    }

    @Test
    void countsWhatCameFromInternalRegistries() {
        // When
        metrics.count(List.of(recorded(null), recorded("npm.example.org")));

        // Then
        assertEquals(2, count("tocsin.downloads.recorded", "source", "a"));
        assertEquals(1, count("tocsin.downloads.internal", "source", "a"));
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
        metrics.count(IntStream.range(0, RecordingMetrics.MAX_SOURCES + 50)
                .<RecordingOutcome>mapToObj(i -> new Dropped("source-" + i, "metadata"))
                .toList());

        // Then
        assertEquals(
                RecordingMetrics.MAX_SOURCES + 1,
                registry.find("tocsin.downloads.observed").counters().size());
        assertEquals(50, count("tocsin.downloads.observed", "source", "other"));
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }
}
