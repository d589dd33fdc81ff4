package tocsin.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.schemas.Topics;
import tocsin.testsupport.KafkaBroker;

/** {@code bench memory}: what the tracker takes after five times as many downloads. Linux only: it asks {@code /proc}. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "The tracker's resident memory after many downloads and after five times as many.")
final class MemoryCommand implements Callable<Integer> {

    private static final int PARTITIONS = 6;
    private static final long CHUNK = 250_000;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--downloads",
            paramLabel = "N",
            description = "The first number of downloads; default ${DEFAULT-VALUE}.",
            defaultValue = "1000000")
    private long downloads = 1_000_000;

    @Override
    public Integer call() throws IOException {
        try (KafkaBroker broker = IngestCommand.brokerWithTopics();
                TopicClient topics = new TopicClient(broker);
                BacklogProducer producer = new BacklogProducer(broker, ClockFactory.system());
                TrackerServer tracker = TrackerServer.withoutHistory(
                        broker, TrackerServer::asOperated, IngestCommand.logs("download-tracker-memory.log"))) {
            long first = after(downloads, 0, topics, producer, tracker);
            long last = after(5 * downloads, downloads, topics, producer, tracker);
            output.say(String.format(
                    Locale.ROOT,
                    "{\"downloads\": %d, \"rss_kb\": %d, \"rss_kb_after_five_times\": %d, \"ratio\": %.3f}",
                    downloads,
                    first,
                    last,
                    (double) last / first));
        }
        return 0;
    }

    private long after(long target, long before, TopicClient topics, BacklogProducer producer, TrackerServer tracker)
            throws IOException {
        for (long sent = before; sent < target; sent += CHUNK) {
            producer.send(Math.min(CHUNK, target - sent));
            String recorded = Topics.DOWNLOAD_RECORDED.name();
            Pace.await(recorded, () -> topics.records(recorded, PARTITIONS), Math.min(target, sent + CHUNK));
        }
        long resident = residentKilobytes(tracker.pid());
        output.say("  after " + target + " downloads: " + resident + " kB");
        return resident;
    }

    static long residentKilobytes(long pid) throws IOException {
        Matcher found = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
        if (!found.find()) {
            throw new IOException("/proc does not tell the memory of " + pid);
        }
        return Long.parseLong(found.group(1));
    }
}
