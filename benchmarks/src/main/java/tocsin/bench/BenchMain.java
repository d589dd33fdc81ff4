package tocsin.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code ./tocsin bench} starts. */
@Command(
        name = "./tocsin bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "WHAT",
        description = "Measures services against what this machine can do. The last line is one JSON object.",
        subcommands = {
            IngestCommand.class,
            MatchCommand.class,
            ImportCommand.class,
            MemoryCommand.class,
            DeliverCommand.class,
            IsolateCommand.class,
            PunctualCommand.class,
            LatencyCommand.class,
            MailCommand.class
        })
public final class BenchMain {

    private BenchMain() {}

    public static void main(String... arguments) {
        // Read once, by a class that is loaded later than this one.
        System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "tocsin.schemas");
        System.exit(run(new CommandLine(new BenchMain()), arguments));
    }

    static int run(CommandLine bench, String... arguments) {
        try {
            return bench.execute(arguments);
        } catch (AssertionError e) {
            // A service that does not start. Left to itself it ends this thread only, and the broker's keep the
            // process.
            bench.getErr().println(e.getMessage());
            return bench.getCommandSpec().exitCodeOnExecutionException();
        }
    }
}
