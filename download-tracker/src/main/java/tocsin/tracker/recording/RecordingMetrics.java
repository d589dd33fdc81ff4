package tocsin.tracker.recording;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;

/** Counts by source what became of requests. Used by one thread. */
final class RecordingMetrics {

    /** Sources name themselves; a metric for each of a hostile one's names would fill memory. Those beyond are counted together. */
    static final int MAX_SOURCES = 200;

    private static final String BEYOND = "other";

    private final MeterRegistry registry;
    private final Set<String> sources = new HashSet<>();

    RecordingMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Called when all of it is durable, so that a batch which comes again is not counted twice. */
    void count(List<RecordingOutcome> outcomes) {
        for (RecordingOutcome outcome : outcomes) {
            String source = bounded(outcome.source());
            registry.counter("tocsin.downloads.observed", "source", source).increment();
            switch (outcome) {
                case Recorded recorded -> {
                    registry.counter("tocsin.downloads.recorded", "source", source)
                            .increment();
                    // These ring for nothing: a mirror that is not known as one shows here.
                    if (recorded.download().getOriginRegistry().isPresent()) {
                        registry.counter("tocsin.downloads.internal", "source", source)
                                .increment();
                    }
                }
                case Dropped(String _, String reason) ->
                    registry.counter("tocsin.downloads.dropped", "source", source, "reason", reason)
                            .increment();
                case Quarantined quarantined ->
                    registry.counter(
                                    "tocsin.downloads.quarantined",
                                    "source",
                                    source,
                                    "reason",
                                    quarantined.fault().label())
                            .increment();
            }
        }
    }

    private String bounded(String source) {
        return sources.contains(source) || (sources.size() < MAX_SOURCES && sources.add(source)) ? source : BEYOND;
    }
}
