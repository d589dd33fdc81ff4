package tocsin.local;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import tocsin.local.access.AccessCommand;
import tocsin.local.backfill.BackfillCommand;
import tocsin.local.demo.DemoCommand;
import tocsin.local.images.ImagesCommand;
import tocsin.local.osv.ImportOsvCommand;
import tocsin.local.produce.ProduceCommand;
import tocsin.local.quarantine.QuarantineCommand;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;
import tocsin.local.shiplog.ShipLogCommand;
import tocsin.local.topics.TopicsCommand;
import tocsin.local.up.UpCommand;
import tocsin.testsupport.AtExit;

/** What {@code ./tocsin} starts. Exit codes: 0 done, 1 not done, 2 not understood. */
@Command(
        name = "./tocsin",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "The alarm bell for package registries, on this machine. ./tocsin help tells all commands.",
        subcommands = {
            AccessCommand.class,
            BackfillCommand.class,
            DemoCommand.class,
            ImagesCommand.class,
            ImportOsvCommand.class,
            ProduceCommand.class,
            QuarantineCommand.class,
            ShipLogCommand.class,
            TopicsCommand.class,
            UpCommand.class,
        })
public final class TocsinMain {

    private TocsinMain() {}

    public static void main(String... arguments) {
        Path log = logFile(arguments.length == 0 ? "help" : arguments[0]);
        // Both are read once, by classes that are loaded later than this one.
        System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "tocsin.schemas");
        System.setProperty("tocsin.log", log.toString());
        System.exit(run(commandLine(log), arguments));
    }

    private static int run(CommandLine command, String... arguments) {
        try {
            return command.execute(arguments);
        } catch (Error e) {
            // A library that meets the end of the JVM while it is loaded fails so.
            if (AtExit.isUnderWay()) {
                return ExitCode.SOFTWARE;
            }
            throw e;
        }
    }

    private static CommandLine commandLine(Path log) {
        return new CommandLine(new TocsinMain())
                // Mail and advisories hold any language, whatever the terminal was told.
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler((failure, command, _) -> complain(failure, command, log));
    }

    private static int complain(Exception failure, CommandLine command, Path log) {
        if (AtExit.isUnderWay()) {
            // Whatever failed, failed because it was interrupted.
            return ExitCode.SOFTWARE;
        }
        if (failure instanceof Complaint) {
            command.getErr().println("tocsin: " + failure.getMessage());
        } else {
            command.getErr().println("tocsin: failed; what it was doing is in " + log);
            failure.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return ExitCode.SOFTWARE;
    }

    private static Path logFile(String command) {
        return Home.find().logs(command.replaceAll("[^a-z-]", "")).resolve("tocsin.log");
    }
}
