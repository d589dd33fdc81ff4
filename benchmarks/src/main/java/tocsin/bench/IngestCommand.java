package tocsin.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.bench.IngestReport.History;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;

/** {@code bench ingest}: downloads a second. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = {
            "download.observed to download.recorded by the real tracker, against a bare consumer and producer",
            "on the same broker; they take turns, and of each the fastest counts. Then download.recorded to PostgreSQL",
            "by the tracker's history, against a bare COPY of the same rows into the same table."
        })
final class IngestCommand implements Callable<Integer> {

    private static final int PARTITIONS = 6;
    private static final String COPY = "bench.copy";
    /** As the tracker calls it. */
    private static final String GROUP = "download-tracker";

    /** So many are there for each second that a side may be measured: when they are through, so is the measurement. */
    private static final long DOWNLOADS_PER_SECOND = 250_000;

    private static final long MIN_DOWNLOADS = 600_000;
    /** Before that a JVM is not what it will be. */
    private static final double WARM_UP = 0.5;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each side is measured, at most; default ${DEFAULT-VALUE}.",
            defaultValue = "15")
    private int seconds = 15;

    @Option(
            names = "--downloads",
            paramLabel = "N",
            description = "How many there are in all, warm-up included; by default more than can be done in the time.",
            defaultValue = "0")
    private long downloads;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often copy and tracker take turns; of each the fastest counts; default ${DEFAULT-VALUE}.",
            defaultValue = "3")
    private int rounds = 3;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds must be at least 1");
        }
        long backlog = downloads > 0 ? downloads : Math.max(MIN_DOWNLOADS, seconds * DOWNLOADS_PER_SECOND);
        List<Double> copies = new ArrayList<>();
        List<Double> tracker = new ArrayList<>();
        History history;
        try (KafkaBroker broker = brokerWithTopics();
                TopicClient topics = new TopicClient(broker)) {
            output.say("Writing " + backlog + " downloads to download.observed …");
            try (BacklogProducer producer = new BacklogProducer(broker, ClockFactory.system())) {
                producer.send(backlog);
            }
            for (int round = 0; round < rounds; round++) {
                copies.add(copy(broker, topics, backlog));
                if (round > 0) {
                    forgetWhatWasTracked(broker, topics);
                }
                tracker.add(track(broker, topics, backlog));
            }
            history = new HistoryBench(broker, topics, limit(), jvm(), output::say).measure(backlog);
        }
        output.say(IngestReport.of(tracker, copies, history).json());
        return 0;
    }

    /** The next tracker begins where the one before it did. */
    private static void forgetWhatWasTracked(KafkaBroker broker, TopicClient topics) {
        topics.forget(GROUP);
        topics.delete(Topics.DOWNLOAD_RECORDED.name());
        broker.createTopic(
                Topics.DOWNLOAD_RECORDED.name(),
                Topics.DOWNLOAD_RECORDED.devPartitions(),
                Topics.DOWNLOAD_RECORDED.config());
    }

    static KafkaBroker brokerWithTopics() {
        KafkaBroker broker = KafkaBroker.start();
        Topics.all().forEach(topic -> broker.createTopic(topic.name(), topic.devPartitions(), topic.config()));
        return broker;
    }

    private double copy(KafkaBroker broker, TopicClient topics, long backlog) {
        broker.createTopic(COPY, PARTITIONS);
        Pace pace;
        try (ChildProcess copy = jvm().apply(ChildProcess.named("bare-copy").main(CopyMain.class))
                .args(broker.bootstrapServers(), Topics.DOWNLOAD_OBSERVED.name(), COPY)
                .output(logs("bare-copy.log"))
                .start()) {
            pace = pace(copy.pid(), topics, COPY, backlog, Long.MAX_VALUE);
        }
        topics.delete(COPY);
        output.say("  bare copy: " + pace);
        return pace.perSecond();
    }

    private double track(KafkaBroker broker, TopicClient topics, long backlog) {
        String recorded = Topics.DOWNLOAD_RECORDED.name();
        try (TrackerServer tracker = TrackerServer.withoutHistory(broker, jvm(), logs("download-tracker.log"))) {
            Pace pace = pace(tracker.pid(), topics, recorded, backlog, backlog);
            output.say("  tracker: " + pace);
            // What it would otherwise do beside the history.
            Pace.await(recorded, () -> topics.records(recorded, PARTITIONS), backlog);
            return pace.perSecond();
        }
    }

    private Pace pace(long pid, TopicClient topics, String topic, long backlog, long to) {
        return Pace.of(topic, pid, () -> topics.records(topic, PARTITIONS), Math.round(backlog * WARM_UP), to, limit());
    }

    private UnaryOperator<ChildProcess.Builder> jvm() {
        return TrackerServer.jvmOf(seconds, TrackerServer::asOperated);
    }

    private Duration limit() {
        return Duration.ofSeconds(seconds);
    }

    static Path logs(String file) {
        return TrackerServer.home().resolve("target/logs/bench").resolve(file);
    }
}
