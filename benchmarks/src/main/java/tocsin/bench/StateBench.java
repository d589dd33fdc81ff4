package tocsin.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;

/**
 * Downloads into the matcher's state, beside PostgreSQL doing the same job and beside a single put into RocksDB: the same topic on the same broker, one
 * after the other, each counted by the offsets that it commits.
 */
final class StateBench {

    /** Of what there is, before a JVM is what it will be: on two processors the second compiler takes one of them for half a minute. */
    private static final double WARM_UP = 0.4;

    private final Duration limit;
    private final String threads;
    private final int partitions;
    private final UnaryOperator<ChildProcess.Builder> jvm;
    private final Consumer<String> progress;

    /** In downloads a second; and the bytes of state that each costs. */
    record Result(double matcher, double postgres, double rocksdb, double bytesPerDownload) {}

    /**
     * @param limit how long each side is measured, at most
     * @param threads that read, of each side
     * @param partitions of {@code download.recorded}
     * @param jvm the same for each side
     */
    StateBench(
            Duration limit,
            int threads,
            int partitions,
            UnaryOperator<ChildProcess.Builder> jvm,
            Consumer<String> progress) {
        this.limit = limit;
        this.threads = Integer.toString(threads);
        this.partitions = partitions;
        this.jvm = jvm;
        this.progress = progress;
    }

    Result measure(long downloads, Clock clock) throws IOException {
        try (KafkaBroker broker = MatchCommand.brokerWithTopics(partitions);
                TopicClient topics = new TopicClient(broker)) {
            progress.accept("Writing " + downloads + " downloads to download.recorded …");
            try (RecordedProducer producer = new RecordedProducer(broker, clock)) {
                producer.backlog(downloads);
            }
            double rocksdb = rocksdb(broker, topics, downloads);
            double postgres = postgres(broker, topics, downloads);
            double matcher;
            double bytes;
            UnaryOperator<ChildProcess.Builder> matcherJvm =
                    program -> jvm.apply(program).env("TOCSIN_MATCHER_THREADS", threads);
            try (MatcherServer server =
                    new MatcherServer(broker, matcherJvm, IngestCommand.logs("advisory-matcher.log"))) {
                matcher = pace("the matcher", topics, MatcherServer.GROUP, downloads);
                Pace.await("the matcher", () -> committed(topics, MatcherServer.GROUP), downloads);
                bytes = (double) server.stopAndWeigh() / downloads;
            }
            return new Result(matcher, postgres, rocksdb, bytes);
        }
    }

    private double rocksdb(KafkaBroker broker, TopicClient topics, long downloads) throws IOException {
        Path folder = Files.createTempDirectory("tocsin-bench-rocksdb-");
        try (ChildProcess _ = jvm.apply(ChildProcess.named("bare-rocksdb").main(StateRocksMain.class))
                .args(broker.bootstrapServers(), folder.toString(), threads)
                .output(IngestCommand.logs("bare-rocksdb.log"))
                .start()) {
            return pace("one put into RocksDB", topics, StateRocksMain.GROUP, downloads);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private double postgres(KafkaBroker broker, TopicClient topics, long downloads) {
        try (PostgresServer postgres = PostgresServer.startDurable();
                ChildProcess _ = jvm.apply(ChildProcess.named("bench-postgres").main(StatePostgresMain.class))
                        .args(
                                broker.bootstrapServers(),
                                postgres.jdbcUrl(),
                                postgres.username(),
                                postgres.password(),
                                threads)
                        .output(IngestCommand.logs("bench-postgres.log"))
                        .start()) {
            return pace("PostgreSQL", topics, StatePostgresMain.GROUP, downloads);
        }
    }

    private double pace(String what, TopicClient topics, String group, long downloads) {
        double rate = Pace.of(what, () -> committed(topics, group), Math.round(downloads * WARM_UP), downloads, limit)
                .perSecond();
        progress.accept("  " + what + ": " + Math.round(rate) + "/s");
        return rate;
    }

    private static long committed(TopicClient topics, String group) {
        return topics.committed(group, Topics.DOWNLOAD_RECORDED.name());
    }
}
