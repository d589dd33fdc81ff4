package tocsin.tracker.recording;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
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
    private final Set<String> sources = ConcurrentHashMap.newKeySet();
    /** Milliseconds since the epoch. */
    private final Map<String, AtomicLong> lastSeen = new ConcurrentHashMap<>();

    RecordingMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** What came for the first time. Called when all of it is durable, so that a batch which comes again is not counted twice. */
    void observed(Tallies batch) {
        bounded(batch).forEach((source, tally) -> {
            add(
                    Counter.builder("tocsin.downloads.observed")
                            .description("requests that came for the first time")
                            .tag("source", source),
                    tally.all);
            seen(source, tally.newest);
            count(source, tally);
        });
    }

    /** What had waited; it was counted as observed when it came, if only as of an unknown source. */
    void waited(Tallies batch) {
        bounded(batch).forEach((source, tally) -> {
            seen(source, tally.newest);
            count(source, tally);
        });
    }

    /** @param held how many downloads wait in memory; asked often */
    void showHeld(Supplier<Number> held) {
        Gauge.builder("tocsin.downloads.held", held)
                .description(
                        "downloads that wait in this instance's memory for the registration of their token, or for the schema that they were written with")
                .register(registry);
    }

    private Map<String, Tally> bounded(Tallies batch) {
        Map<String, Tally> bounded = new HashMap<>();
        batch.bySource.forEach((source, tally) -> bounded.merge(bounded(source), tally, Tally::with));
        return bounded;
    }

    /**
     * What became of a batch, by source. A batch is counted by itself first: a look for a counter costs more than what is counted. Used by one
     * thread.
     */
    static final class Tallies {

        private final Map<String, Tally> bySource = new HashMap<>();

        void add(Decided decided) {
            bySource.computeIfAbsent(decided.outcome().source(), _ -> new Tally())
                    .add(decided);
        }
    }

    /** What became of one source's requests in one batch. Used by one thread. */
    private static final class Tally {

        private long all;
        private long newest;
        private long recorded;
        private long internal;
        private long parked;
        private final Map<String, Long> dropped = new HashMap<>();
        private final Map<String, Long> quarantined = new HashMap<>();

        void add(Decided decided) {
            all++;
            newest = Math.max(newest, decided.receivedAtMillis());
            switch (decided.outcome()) {
                case Recorded download -> {
                    recorded++;
                    // These ring for nothing: a mirror that is not known as one shows here.
                    if (download.download().getOriginRegistry().isPresent()) {
                        internal++;
                    }
                }
                case Dropped(String _, String reason) -> dropped.merge(reason, 1L, Long::sum);
                case Waiting _ -> parked++;
                case Quarantined bad -> quarantined.merge(bad.fault().label(), 1L, Long::sum);
            }
        }

        Tally with(Tally other) {
            all += other.all;
            newest = Math.max(newest, other.newest);
            recorded += other.recorded;
            internal += other.internal;
            parked += other.parked;
            other.dropped.forEach((reason, count) -> dropped.merge(reason, count, Long::sum));
            other.quarantined.forEach((reason, count) -> quarantined.merge(reason, count, Long::sum));
            return this;
        }
    }

    private void count(String source, Tally tally) {
        add(
                Counter.builder("tocsin.downloads.recorded")
                        .description("downloads that were recorded, at once or after a wait")
                        .tag("source", source),
                tally.recorded);
        add(
                Counter.builder("tocsin.downloads.internal")
                        .description(
                                "those of them from another registry than the public one: they ring for no public advisory")
                        .tag("source", source),
                tally.internal);
        add(
                Counter.builder("tocsin.downloads.parked")
                        .description(
                                "downloads that began to wait for the registration of their token, or, as of source `unknown`, for their schema")
                        .tag("source", source),
                tally.parked);
        tally.dropped.forEach((reason, count) -> add(
                Counter.builder("tocsin.downloads.dropped")
                        .description("what is no download, or nobody's")
                        .tag("source", source)
                        .tag("reason", reason),
                count));
        tally.quarantined.forEach((reason, count) -> add(
                Counter.builder("tocsin.downloads.quarantined")
                        .description(
                                "what a person has to look at; `unknown_token` and `unknown_schema` waited in vain (a source `unknown` is of what"
                                        + " could not be read, or waited for its schema: it is observed there and recorded under its own name),"
                                        + " `former_holder` was fetched by a token that is another's now")
                        .tag("source", source)
                        .tag("reason", reason),
                count));
    }

    /** What never happened has no series. */
    private void add(Counter.Builder counter, long count) {
        if (count > 0) {
            counter.register(registry).increment((double) count);
        }
    }

    /** By the time of receipt: a backlog that is read late shows how old it is, and a replay moves nothing back. */
    private void seen(String source, long receivedAtMillis) {
        lastSeen.computeIfAbsent(source, this::showLastSeen).accumulateAndGet(Math.max(0, receivedAtMillis), Math::max);
    }

    private AtomicLong showLastSeen(String source) {
        AtomicLong millis = new AtomicLong();
        Gauge.builder("tocsin.downloads.last.seen", millis, value -> TimeUnit.MILLISECONDS.toSeconds(value.get()))
                .description("when the newest request of the source was received, in seconds since the epoch")
                .baseUnit("seconds")
                .tag("source", source)
                .strongReference(true)
                .register(registry);
        return millis;
    }

    private String bounded(String source) {
        if (!sources.contains(source) && sources.size() < MAX_SOURCES) {
            // Another thread may have added it by now.
            sources.add(source);
        }
        return sources.contains(source) ? source : BEYOND;
    }
}
