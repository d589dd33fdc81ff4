package tocsin.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tocsin.schemas.Topics;

/** How soon an advisory is through, by how much is stored, by how many it concerns, and if it concerns nobody. */
final class ScanBench {

    private static final int WARM_UPS = 5;
    private static final int SAMPLES = 9;
    private static final Duration BETWEEN_PROBES = Duration.ofMillis(10);

    private final TopicClient topics;
    private final RecordedProducer downloads;
    private final AdvisoryProducer advisories;
    private final MatchedConsumer matched;
    private final int partitions;
    private final Consumer<String> progress;
    private int published;

    ScanBench(
            TopicClient topics,
            RecordedProducer downloads,
            AdvisoryProducer advisories,
            MatchedConsumer matched,
            int partitions,
            Consumer<String> progress) {
        this.topics = topics;
        this.downloads = downloads;
        this.advisories = advisories;
        this.matched = matched;
        this.partitions = partitions;
        this.progress = progress;
    }

    /** Fills the state up to so many downloads, and waits until all of them are in it. */
    void fill(long stored) {
        downloads.backlog(Math.max(0, stored - downloads.sent()));
        awaitStored();
    }

    /** One package that many organisations fetched, three versions of it, each four times. */
    void addAffected(String name, int organisations) {
        downloads.fetchedByMany(name, organisations, 3, 4);
        awaitStored();
    }

    /** Milliseconds from an advisory to the last match of it, each with a name of its own: the median of some. */
    double scanMillis(String name, int organisations) {
        List<Double> samples = new ArrayList<>();
        for (int i = 0; i < WARM_UPS + SAMPLES; i++) {
            double millis = publishAndAwait(name, organisations) / 1e6;
            if (i >= WARM_UPS) {
                samples.add(millis);
            }
        }
        Collections.sort(samples);
        double median = samples.get(SAMPLES / 2);
        progress.accept("  with " + downloads.sent() + " downloads stored: " + Math.round(median) + " ms");
        return median;
    }

    /** What an advisory for very many does, and what it does to others. */
    record Fanout(double matchesPerSecond, double worstDelayMillis) {}

    /** Meanwhile downloads come that an older advisory rings for, a hundred a second: how long the slowest of them took to ring counts. */
    Fanout fanout(int organisations) {
        publishAndAwait("probed", 0);
        downloads.fetchedByMany("fanned-out", organisations, 1, 1);
        awaitStored();
        List<Probe> probes = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean over = new AtomicBoolean();
        Thread probing = Thread.ofPlatform().name("probes").start(() -> probe(probes, over));
        Pace.await("probes", probes::size, 50);
        int before = probes.size();
        long took = publishAndAwait("fanned-out", organisations);
        over.set(true);
        join(probing);
        Pace.await(
                "matches of probes", () -> probes.stream().filter(this::isTold).count(), probes.size());
        OptionalDouble worst =
                probes.stream().skip(before).mapToDouble(this::delayMillis).max();
        Fanout fanout = new Fanout(organisations / (took / 1e9), worst.orElseThrow());
        progress.accept("  " + organisations + " organisations: " + Math.round(fanout.matchesPerSecond())
                + " matches/s, the slowest of " + (probes.size() - before) + " downloads meanwhile: "
                + Math.round(fanout.worstDelayMillis()) + " ms");
        return fanout;
    }

    private record Probe(String eventId, long sentAt) {}

    private void probe(List<Probe> probes, AtomicBoolean over) {
        while (!over.get()) {
            long now = System.nanoTime();
            probes.add(new Probe(downloads.send("probed", "1.0.1", "org:probe-" + probes.size() % 500), now));
            try {
                Thread.sleep(BETWEEN_PROBES);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean isTold(Probe probe) {
        return matched.toldAt(probe.eventId()).isPresent();
    }

    private double delayMillis(Probe probe) {
        return (matched.toldAt(probe.eventId()).orElseThrow() - probe.sentAt()) / 1e6;
    }

    /** Advisories of packages that nobody fetched, from their publication until every partition is through with them. */
    double nobodyPerSecond(int count, Duration limit) {
        long before = throughPartitions();
        for (int i = 0; i < count; i++) {
            advisories.publish("MAL-nobody-" + i, "nobody-" + i);
        }
        advisories.flush();
        double rate = Pace.of(
                                "advisories that nobody fetched",
                                this::throughPartitions,
                                before + (long) count * partitions / 5,
                                before + (long) count * partitions,
                                limit)
                        .perSecond()
                / partitions;
        progress.accept(
                "  advisories that nobody fetched: " + Math.round(rate) + "/s over " + partitions + " partitions");
        return rate;
    }

    private long throughPartitions() {
        return topics.committed(MatcherServer.GROUP, Topics.ADVISORY_FANOUT.name());
    }

    private void awaitStored() {
        Pace.await(
                "downloads into the state",
                () -> topics.committed(MatcherServer.GROUP, Topics.DOWNLOAD_RECORDED.name()),
                downloads.sent());
    }

    /** @return nanoseconds until the last match came */
    private long publishAndAwait(String name, int organisations) {
        String id = "MAL-bench-" + published++;
        long through = organisations == 0 ? throughPartitions() : 0;
        long start = System.nanoTime();
        advisories.publish(id, name);
        // Watched without looking at the broker: this shares two cores with what it measures.
        Pace.await(id, () -> matched.matches(id), organisations);
        if (organisations == 0) {
            // No match says that it is stored.
            Pace.await(id, this::throughPartitions, through + partitions);
        }
        return matched.scan(id).lastAt() - start;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
