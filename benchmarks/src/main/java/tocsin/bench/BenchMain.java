package tocsin.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code ./tocsin bench} starts. */
@Command(
        name = "./tocsin bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "WHAT",
        description = "Measures services against what this machine can do. The last line is one JSON object.",
        subcommands = {IngestCommand.class, MatchCommand.class, ImportCommand.class, MemoryCommand.class})
public final class BenchMain {

    private BenchMain() {}

    public static void main(String... arguments) {
        // Read once, by a class that is loaded later than this one.
        System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "tocsin.schemas");
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }
}
