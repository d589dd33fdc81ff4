package tocsin.local.produce;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tocsin.local.osv.AdvisoryProducer;
import tocsin.local.osv.FeedName;
import tocsin.local.osv.OsvReader;
import tocsin.local.osv.OsvRecord;
import tocsin.local.running.BrokerOptions;
import tocsin.local.running.Complaint;
import tocsin.local.running.RecordPlace;

/** {@code produce advisory}: one OSV record from a file to a feed's topic. */
@Command(
        name = "advisory",
        mixinStandardHelpOptions = true,
        description = {
            "Publishes one OSV record as a feed would.",
            "It rings for downloads up to the earlier of now and seven days after its `published`."
        })
final class ProduceAdvisoryCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(
            names = "--feed",
            paramLabel = "NAME",
            description = "Name of the feed, default ${DEFAULT-VALUE}.",
            defaultValue = "local")
    private String feed = "local";

    @Parameters(paramLabel = "FILE", description = "One OSV record as JSON.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        if (spec == null || file == null) {
            throw new IllegalStateException("picocli sets these before it calls");
        }
        FeedName source = new FeedName(feed);
        OsvRecord.Sendable advisory = switch (OsvReader.read(bytesOf(file))) {
            case OsvRecord.Sendable sendable -> sendable;
            case OsvRecord.Refused(String reason) -> throw new Complaint(file + " is no OSV record: " + reason);
        };
        try (AdvisoryProducer producer = new AdvisoryProducer(broker.address())) {
            RecordPlace place = producer.publishNow(source, advisory);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Sent to " + place.topic() + " " + place.inTopic() + ".");
            out.flush();
        }
        return 0;
    }

    private static byte[] bytesOf(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(OsvReader.MAX_BYTES + 1);
        } catch (IOException e) {
            throw new Complaint("cannot read " + file, e);
        }
    }
}
