package tocsin.bench;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.schemas.Topics;
import tocsin.testsupport.KafkaBroker;

/** {@code bench import}: very many advisories at once, as when a feed is read for the first time. Linux only: it asks {@code /proc}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "40,000 advisories at once while downloads come at a steady rate: how long until nothing waits any more,",
            "and what memory the matcher takes before and after."
        })
final class ImportCommand implements Callable<Integer> {

    private static final int PARTITIONS = 6;

    /** So many of the import come before it. */
    private static final int WARM_UP_PART = 10;

    private static final long TICKS_PER_SECOND = 20;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--advisories",
            paramLabel = "N",
            description = "Default ${DEFAULT-VALUE}; half of them are of packages that were fetched.",
            defaultValue = "40000")
    private int count = 40_000;

    @Option(
            names = "--downloads-per-second",
            paramLabel = "N",
            description = "Default ${DEFAULT-VALUE}.",
            defaultValue = "2000")
    private int downloadsPerSecond = 2_000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Downloads, and a tenth as many advisories, before, so long; default ${DEFAULT-VALUE}.",
            defaultValue = "30")
    private int seconds = 30;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Clock clock = ClockFactory.system();
        AtomicBoolean over = new AtomicBoolean();
        try (KafkaBroker broker = IngestCommand.brokerWithTopics();
                TopicClient topics = new TopicClient(broker);
                RecordedProducer downloads = new RecordedProducer(broker, clock);
                AdvisoryProducer advisories = new AdvisoryProducer(broker, clock);
                MatcherServer matcher = new MatcherServer(
                        broker, MatcherServer::asOperated, IngestCommand.logs("advisory-matcher-import.log"))) {
            Thread flow = Thread.ofPlatform().name("downloads").start(() -> flow(downloads, over));
            // One that has worked for a while has had advisories before: its code for them is compiled, their write
            // buffers are in use.
            publish(advisories, "MAL-before-", count / WARM_UP_PART);
            Thread.sleep(Duration.ofSeconds(seconds));
            long before = MemoryCommand.residentKilobytes(matcher.pid());
            output.say("  before: " + before + " kB");
            long start = System.nanoTime();
            publish(advisories, "MAL-import-", count);
            Pace.await(
                    "the import", () -> throughPartitions(topics), (count + count / WARM_UP_PART) * (long) PARTITIONS);
            double took = (System.nanoTime() - start) / 1e9;
            over.set(true);
            flow.join();
            Pace.await(
                    "downloads", () -> committed(topics), topics.records(Topics.DOWNLOAD_RECORDED.name(), PARTITIONS));
            double lagGone = (System.nanoTime() - start) / 1e9;
            long after = MemoryCommand.residentKilobytes(matcher.pid());
            output.say("  after: " + after + " kB");
            output.say(String.format(
                    Locale.ROOT,
                    "{\"advisories\": %d, \"downloads_per_s\": %d, \"seconds_until_scanned\": %.1f,"
                            + " \"seconds_until_no_lag\": %.1f, \"rss_kb_before\": %d, \"rss_kb_after\": %d, \"ratio\": %.3f}",
                    count,
                    downloadsPerSecond,
                    took,
                    lagGone,
                    before,
                    after,
                    (double) after / before));
        }
        return 0;
    }

    private static void publish(AdvisoryProducer advisories, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            advisories.publish(prefix + i, i % 2 == 0 ? "package-" + i / 2 : "nobody-" + i);
        }
        advisories.flush();
    }

    private void flow(RecordedProducer downloads, AtomicBoolean over) {
        long next = System.nanoTime();
        while (!over.get()) {
            downloads.backlog(downloadsPerSecond / TICKS_PER_SECOND);
            next += Duration.ofSeconds(1).toNanos() / TICKS_PER_SECOND;
            try {
                Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static long throughPartitions(TopicClient topics) {
        return topics.committed(MatcherServer.GROUP, Topics.ADVISORY_FANOUT.name());
    }

    private static long committed(TopicClient topics) {
        return topics.committed(MatcherServer.GROUP, Topics.DOWNLOAD_RECORDED.name());
    }
}
