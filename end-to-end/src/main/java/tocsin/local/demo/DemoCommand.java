package tocsin.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tocsin.local.running.ClockFactory;
import tocsin.local.running.Home;
import tocsin.local.stack.LocalStack;
import tocsin.local.stack.StackPlan;

/** {@code demo}. Exit code 0 only if all that should arrive did and nothing else. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts the whole stack, registers two organisations and a person, has an npm package of 2018's event-stream",
            "incident fetched, publishes the advisory, and shows what arrives and when. Exit code 0 only if all that should",
            "arrive did and nothing else."
        })
public final class DemoCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "Print the result as one JSON object in the last line.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Starting the stack");
        out.flush();
        Verdict verdict;
        StackPlan plan = StackPlan.passing(Home.find().logs("demo"));
        try (LocalStack stack = LocalStack.start(plan, (what, after) -> {
            out.printf(Locale.ROOT, "  %5.1f s  %s%n", after.toMillis() / 1000.0, what);
            out.flush();
        })) {
            verdict = new Demo(stack, ClockFactory.system(), out).play();
        }
        if (json) {
            out.println(JsonMapper.builder().build().writeValueAsString(verdict.fields()));
            out.flush();
        }
        return verdict.isGood() ? 0 : 1;
    }
}
