package tocsin.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tocsin.bench.IngestReport.History;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;

/**
 * The tracker's history beside a bare {@code COPY}: the same rows into the same table with all its indexes and partitions, on one PostgreSQL that
 * writes to the disk at every commit, over one connection each. Both begin with an empty table and are measured from the same row to the same row.
 */
final class HistoryBench {

    /** As the tracker calls it. */
    private static final String GROUP = "download-tracker-history";
    /** Of what there is, before a JVM is what it will be. */
    private static final double WARM_UP = 0.1;

    private final KafkaBroker broker;
    private final TopicClient topics;
    private final Duration limit;
    private final UnaryOperator<ChildProcess.Builder> jvm;
    private final Consumer<String> progress;

    /**
     * @param limit how long each side is measured, at most
     * @param jvm of the tracker
     */
    HistoryBench(
            KafkaBroker broker,
            TopicClient topics,
            Duration limit,
            UnaryOperator<ChildProcess.Builder> jvm,
            Consumer<String> progress) {
        this.broker = broker;
        this.topics = topics;
        this.limit = limit;
        this.jvm = jvm;
        this.progress = progress;
    }

    /**
     * @param recorded how many records {@code download.recorded} has, no two of one download; nothing else must come meanwhile
     * @throws IllegalStateException if the history has not kept what it committed
     */
    History measure(long recorded) throws IOException {
        try (PostgresServer postgres = PostgresServer.startDurable()) {
            Pace history = history(postgres, recorded);
            progress.accept("  history: rows " + history);
            Path warmUp = Files.createTempFile("tocsin-bench-", ".rows");
            Path measured = Files.createTempFile("tocsin-bench-", ".rows");
            try (HistoryTableRepository table = new HistoryTableRepository(postgres)) {
                table.take(0, history.from(), warmUp);
                table.take(history.from(), history.to() - history.from(), measured);
                // A copy that something else held up is no limit, so the better of two counts.
                double copy = Math.max(bareCopy(table, warmUp, measured), bareCopy(table, warmUp, measured));
                return new History(history.perSecond(), copy);
            } finally {
                Files.deleteIfExists(warmUp);
                Files.deleteIfExists(measured);
            }
        }
    }

    private Pace history(PostgresServer postgres, long recorded) {
        Pace pace;
        try (TrackerServer tracker =
                TrackerServer.withHistory(broker, postgres, jvm, IngestCommand.logs("history.log"))) {
            pace = Pace.of(GROUP, tracker.pid(), this::stored, Math.round(recorded * WARM_UP), recorded, limit);
        }
        try (HistoryTableRepository table = new HistoryTableRepository(postgres)) {
            long rows = table.rows();
            long stored = stored();
            if (rows != stored) {
                throw new IllegalStateException("the history has " + rows + " rows of " + stored + " downloads");
            }
        }
        return pace;
    }

    /** Offsets are committed once their rows are. */
    private long stored() {
        return topics.committed(GROUP, Topics.DOWNLOAD_RECORDED.name());
    }

    private double bareCopy(HistoryTableRepository table, Path warmUp, Path measured) throws IOException {
        table.empty();
        table.bring(warmUp);
        long start = System.nanoTime();
        long rows = table.bring(measured);
        double rate = rows / ((System.nanoTime() - start) / 1e9);
        progress.accept("  bare COPY: rows " + Math.round(rate) + "/s");
        return rate;
    }
}
