package tocsin.local.osv;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tocsin.local.running.BrokerOptions;
import tocsin.local.running.Complaint;

/** {@code import-osv}: files of advisories to a feed's topic. Exit code 0: all were published; 1: some were refused, the rest was published. */
@Command(
        name = "import-osv",
        mixinStandardHelpOptions = true,
        description = {
            "Publishes OSV records from .json, .ndjson or .jsonl files, the same packed as .gz, .zip, and folders of these.",
            "Refused here is only what is no OSV record at all; what the matcher refuses is in its quarantine.",
            "Exit code 1 if any was refused; the rest is published all the same."
        })
public final class ImportOsvCommand implements Callable<Integer> {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(
            names = "--feed",
            paramLabel = "NAME",
            description = "Name of the feed, default ${DEFAULT-VALUE}.",
            defaultValue = "osv")
    private String feed = "osv";

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and folders.")
    private List<Path> paths = List.of();

    @Override
    public Integer call() {
        FeedName source = new FeedName(feed);
        for (Path path : paths) {
            if (!Files.isReadable(path)) {
                throw new Complaint("cannot read " + path);
            }
        }
        long start = System.nanoTime();
        ImportTally tally = new ImportTally();
        try (AdvisoryProducer producer = new AdvisoryProducer(broker.address())) {
            Import work = new Import(producer, source, tally, start);
            paths.forEach(path -> OsvFiles.read(path, work));
            producer.flush();
            work.failIfAnyWasLost();
        }
        PrintWriter out = out();
        tally.summary(since(start)).forEach(out::println);
        out.flush();
        return tally.refused() == 0 ? 0 : 1;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private PrintWriter out() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        return spec.commandLine().getOut();
    }

    private final class Import implements OsvSink {

        private final AdvisoryProducer producer;
        private final FeedName source;
        private final ImportTally tally;
        private final long start;
        private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();
        private long nextLine = BETWEEN_LINES.toNanos();

        Import(AdvisoryProducer producer, FeedName source, ImportTally tally, long start) {
            this.producer = producer;
            this.source = source;
            this.tally = tally;
            this.start = start;
        }

        @Override
        public void found(String origin, byte[] bytes) {
            failIfAnyWasLost();
            switch (OsvReader.read(bytes)) {
                case OsvRecord.Refused(String reason) -> tally.refused(origin, reason);
                case OsvRecord.Sendable advisory -> publish(advisory);
            }
            showProgress();
        }

        private void publish(OsvRecord.Sendable advisory) {
            var _ = producer.publish(source, advisory).whenComplete((_, failure) -> {
                if (failure == null) {
                    tally.acknowledged();
                } else {
                    firstFailure.compareAndSet(null, failure);
                }
            });
        }

        @Override
        public void unreadable(String origin) {
            tally.refused(origin, "unreadable file");
        }

        private void failIfAnyWasLost() {
            Throwable failure = firstFailure.get();
            if (failure != null) {
                throw new Complaint(
                        "the broker stopped taking advisories after " + tally.published()
                                + "; import again when it is back, repeats do no harm",
                        failure);
            }
        }

        private void showProgress() {
            Duration took = since(start);
            if (took.toNanos() >= nextLine) {
                nextLine = took.plus(BETWEEN_LINES).toNanos();
                PrintWriter out = out();
                out.println("  " + tally.progress(took));
                out.flush();
            }
        }
    }
}
