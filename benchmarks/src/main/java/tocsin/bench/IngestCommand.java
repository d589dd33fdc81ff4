package tocsin.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;

/** {@code bench ingest}: downloads a second. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = {
            "download.observed to download.recorded by the real tracker, against a bare consumer and producer",
            "on the same broker, before and after it: the faster of the two is the limit."
        })
final class IngestCommand implements Callable<Integer> {

    private static final int PARTITIONS = 6;
    private static final String COPY = "bench.copy";
    /** More than either side of the measurement gets through in a second once it is warm. */
    private static final long BACKLOG_PER_SECOND = 150_000;

    private static final long MIN_BACKLOG = 600_000;
    /** Before that a JVM is not what it will be. */
    private static final double WARM_UP = 0.3;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each side is measured, at most; default ${DEFAULT-VALUE}.",
            defaultValue = "15")
    private int seconds = 15;

    @Override
    public Integer call() {
        long backlog = Math.max(MIN_BACKLOG, seconds * BACKLOG_PER_SECOND);
        double before;
        double tracker;
        double after;
        try (KafkaBroker broker = brokerWithTopics();
                TopicClient topics = new TopicClient(broker)) {
            say("Writing " + backlog + " downloads to download.observed …");
            try (BacklogProducer producer = new BacklogProducer(broker)) {
                producer.send(backlog);
            }
            before = copy(broker, topics, backlog);
            tracker = track(broker, topics, backlog);
            after = copy(broker, topics, backlog);
        }
        say(IngestReport.of(tracker, before, after).json());
        return 0;
    }

    static KafkaBroker brokerWithTopics() {
        KafkaBroker broker = KafkaBroker.start();
        Topics.all().stream()
                .filter(topic ->
                        topic.name().startsWith("download") || topic.name().startsWith("token"))
                .forEach(topic -> broker.createTopic(topic.name(), topic.devPartitions(), topic.config()));
        return broker;
    }

    private double copy(KafkaBroker broker, TopicClient topics, long backlog) {
        broker.createTopic(COPY, PARTITIONS);
        double rate;
        try (ChildProcess _ = TrackerServer.jvm(ChildProcess.named("bare-copy").main(CopyMain.class))
                .args(broker.bootstrapServers(), Topics.DOWNLOAD_OBSERVED.name(), COPY)
                .output(logs("bare-copy.log"))
                .start()) {
            long warm = Math.round(backlog * WARM_UP);
            rate = topics.rate(COPY, PARTITIONS, warm, Long.MAX_VALUE, Duration.ofSeconds(seconds));
        }
        topics.delete(COPY);
        say("  bare copy: " + Math.round(rate) + "/s");
        return rate;
    }

    private double track(KafkaBroker broker, TopicClient topics, long backlog) {
        try (TrackerServer _ = new TrackerServer(broker, logs("download-tracker.log"))) {
            double rate = topics.rate(
                    Topics.DOWNLOAD_RECORDED.name(),
                    PARTITIONS,
                    Math.round(backlog * WARM_UP),
                    backlog,
                    Duration.ofSeconds(seconds));
            say("  tracker: " + Math.round(rate) + "/s");
            return rate;
        }
    }

    static Path logs(String file) {
        return TrackerServer.home().resolve("target/logs/bench").resolve(file);
    }

    private void say(String line) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
