package tocsin.local;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import tocsin.local.running.Complaint;

/** What a command printed, and the exit code that it ended with. */
public record CommandRun(int exitCode, String out, String err) {

    /** Runs a command as the door to all of them does. */
    public static CommandRun of(Object command, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, line, _) -> {
                    if (failure instanceof Complaint) {
                        line.getErr().println(failure.getMessage());
                        return 1;
                    }
                    throw failure;
                })
                .execute(arguments);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
