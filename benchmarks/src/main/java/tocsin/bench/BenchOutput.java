package tocsin.bench;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Where a bench says how it gets on, and at last what it measured: part of its command, with no option of its own. */
@Command
final class BenchOutput {

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** Seen at once, also behind a pipe. */
    void say(String line) {
        if (command == null) {
            throw new IllegalStateException("picocli sets the command before it calls");
        }
        PrintWriter out = command.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
