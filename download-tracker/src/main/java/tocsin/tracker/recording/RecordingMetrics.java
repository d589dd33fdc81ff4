package tocsin.tracker.recording;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import tocsin.tracker.recording.OutcomePublisher.Decided;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;
import tocsin.tracker.recording.RecordingOutcome.Waiting;

/** Counts by source what became of requests, and shows when each source was last heard of. Safe for use by many threads. */
final class RecordingMetrics {

    /** Sources name themselves; a metric for each of a hostile one's names would fill memory. Those beyond are counted together. */
    static final int MAX_SOURCES = 200;

    private static final String BEYOND = "other";

    private final MeterRegistry registry;
    private final Map<Counted, Counter> counters = new ConcurrentHashMap<>();
    private final Set<String> sources = ConcurrentHashMap.newKeySet();
    /** Milliseconds since the epoch. */
    private final Map<String, AtomicLong> lastSeen = new ConcurrentHashMap<>();

    RecordingMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** What came for the first time. Called when all of it is durable, so that a batch which comes again is not counted twice. */
    void observed(Collection<Decided> batch) {
        for (Decided decided : batch) {
            String source = bounded(decided.outcome().source());
            increment("observed", source);
            seen(source, decided.receivedAtMillis());
            count(source, decided.outcome());
        }
    }

    /** What had waited; it was counted as observed when it came. */
    void waited(Collection<Decided> batch) {
        for (Decided decided : batch) {
            count(bounded(decided.outcome().source()), decided.outcome());
        }
    }

    /** @param held how many downloads wait in memory; asked often */
    void showHeld(Supplier<Number> held) {
        Gauge.builder("tocsin.downloads.held", held)
                .description("Downloads in memory that wait for the registration of their token")
                .register(registry);
    }

    private void count(String source, RecordingOutcome outcome) {
        switch (outcome) {
            case Recorded recorded -> {
                increment("recorded", source);
                // These ring for nothing: a mirror that is not known as one shows here.
                if (recorded.download().getOriginRegistry().isPresent()) {
                    increment("internal", source);
                }
            }
            case Dropped(String _, String reason) -> increment("dropped", source, "reason", reason);
            case Waiting _ -> increment("parked", source);
            case Quarantined quarantined ->
                increment("quarantined", source, "reason", quarantined.fault().label());
        }
    }

    private void increment(String what, String source, String... furtherTags) {
        counters.computeIfAbsent(
                        new Counted(what, source, furtherTags.length == 0 ? "" : furtherTags[1]),
                        _ -> registry.counter(
                                "tocsin.downloads." + what,
                                Tags.of("source", source).and(furtherTags)))
                .increment();
    }

    /** Names a counter; found here faster than in the registry, which makes tags of it each time. */
    private record Counted(String what, String source, String reason) {}

    /** By the time of receipt: a backlog that is read late shows how old it is, and a replay moves nothing back. */
    private void seen(String source, long receivedAtMillis) {
        lastSeen.computeIfAbsent(source, this::showLastSeen).accumulateAndGet(Math.max(0, receivedAtMillis), Math::max);
    }

    private AtomicLong showLastSeen(String source) {
        AtomicLong millis = new AtomicLong();
        Gauge.builder("tocsin.downloads.last.seen", millis, value -> TimeUnit.MILLISECONDS.toSeconds(value.get()))
                .description("When the newest request of the source was received, in seconds since the epoch")
                .baseUnit("seconds")
                .tag("source", source)
                .strongReference(true)
                .register(registry);
        return millis;
    }

    private String bounded(String source) {
        return sources.contains(source) || (sources.size() < MAX_SOURCES && sources.add(source)) ? source : BEYOND;
    }
}
