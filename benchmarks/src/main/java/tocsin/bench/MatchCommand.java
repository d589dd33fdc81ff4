package tocsin.bench;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;

/** {@code bench match}: what the matcher gets through. */
@Command(
        name = "match",
        mixinStandardHelpOptions = true,
        description = {
            "download.recorded into the matcher's state, against PostgreSQL doing the same and a single put into",
            "RocksDB; from an advisory to its last match with ever more downloads stored; an advisory for very many,",
            "and how long downloads wait meanwhile; advisories that nobody fetched; bytes of state per download."
        })
final class MatchCommand implements Callable<Integer> {

    /** More than the matcher gets through in a second, with what goes by before it is warm. */
    private static final long DOWNLOADS_PER_SECOND = 140_000;

    private static final long MIN_DOWNLOADS = 600_000;
    private static final int AFFECTED = 1_000;
    private static final int FANNED_OUT = 100_000;
    private static final int NOBODYS = 40_000;

    /** Of all numbers: figures of less say nothing, whatever code was measured. */
    private static final double SMALL = 0.1;

    private static final String SCANNED = "scanned";

    /** The matcher starts only where these have equally many partitions. */
    private static final Set<Topic> BY_TASK = Set.of(
            Topics.DOWNLOAD_RECORDED, Topics.ADVISORY_FANOUT, Topics.ADVISORY_SCAN, Topics.PRIVACY_ERASURE_SWEEP);

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = {
                "How long each rate is measured, at most; default ${DEFAULT-VALUE}. On two processors a JVM still",
                "compiles half a minute after its start."
            },
            defaultValue = "60")
    private int seconds = 60;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "That read downloads, of the matcher as of what it is compared with; default ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private int threads = 1;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = {
                "Of download.recorded and of the topics that must have as many; default ${DEFAULT-VALUE}, as in the",
                "local stack. The more there are the fewer packages each task remembers."
            },
            defaultValue = "6")
    private int partitions = 6;

    @Option(names = "--without-10m", description = "Leaves out the ten million stored downloads, which take minutes.")
    private boolean without10m;

    @Option(
            names = "--scale",
            paramLabel = "PART",
            description = "Part of all numbers of downloads, organisations and advisories, to try it out; default 1.",
            defaultValue = "1")
    private double scale = 1;

    @Override
    public Integer call() throws IOException {
        Clock clock = ClockFactory.system();
        Duration limit = Duration.ofSeconds(seconds);
        UnaryOperator<ChildProcess.Builder> jvm = scale < SMALL ? TrackerServer::smallJvm : MatcherServer::asOperated;
        StateBench.Result state = new StateBench(limit, threads, partitions, jvm, output::say)
                .measure(scaled(Math.max(MIN_DOWNLOADS, seconds * DOWNLOADS_PER_SECOND)), clock);
        try (KafkaBroker broker = brokerWithTopics(partitions);
                TopicClient topics = new TopicClient(broker);
                RecordedProducer downloads = new RecordedProducer(broker, clock);
                AdvisoryProducer advisories = new AdvisoryProducer(broker, clock);
                MatchedConsumer matched = new MatchedConsumer(broker);
                MatcherServer _ = new MatcherServer(broker, jvm, IngestCommand.logs("advisory-matcher-scans.log"))) {
            ScanBench bench = new ScanBench(topics, downloads, advisories, matched, partitions, output::say);
            int affected = (int) scaled(AFFECTED);
            output.say("From an advisory to the last match of " + affected + " organisations:");
            bench.addAffected(SCANNED, affected);
            double scan100k = scan(bench, 100_000, affected);
            double nobody = bench.nobodyPerSecond((int) scaled(NOBODYS), limit.multipliedBy(2));
            ScanBench.Fanout fanout = bench.fanout((int) scaled(FANNED_OUT));
            double scan1m = scan(bench, 1_000_000, affected);
            OptionalDouble scan10m =
                    without10m ? OptionalDouble.empty() : OptionalDouble.of(scan(bench, 10_000_000, affected));
            output.say(new MatchReport(state, scan100k, scan1m, scan10m, fanout, nobody).json());
        }
        return 0;
    }

    /** @param partitions of the topics that the matcher reads by task */
    static KafkaBroker brokerWithTopics(int partitions) {
        KafkaBroker broker = KafkaBroker.start();
        Topics.all()
                .forEach(topic -> broker.createTopic(
                        topic.name(), BY_TASK.contains(topic) ? partitions : topic.devPartitions(), topic.config()));
        return broker;
    }

    private double scan(ScanBench bench, long stored, int affected) {
        bench.fill(scaled(stored));
        return bench.scanMillis(SCANNED, affected);
    }

    private long scaled(long number) {
        return Math.max(1, Math.round(number * scale));
    }
}
