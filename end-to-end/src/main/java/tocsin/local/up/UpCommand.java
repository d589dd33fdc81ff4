package tocsin.local.up;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;
import tocsin.local.running.RunningStack;
import tocsin.local.stack.LocalStack;
import tocsin.local.stack.StackAddresses;
import tocsin.local.stack.StackPlan;
import tocsin.local.stack.StackPorts;
import tocsin.local.stack.StackSecrets;
import tocsin.testsupport.AtExit;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ReceivedRequest;

/** {@code up}: runs until a signal ends it, with the exit code that a shell expects of that: 130 or 143. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Starts the whole stack and leaves it running: addresses, a token for development, and a line for each webhook",
            "and each mail that arrives. Ctrl-C stops all of it."
        })
public final class UpCommand implements Callable<Integer> {

    private static final String DEMO_ORG = "example-org";
    private static final Duration TOKEN_LIFE = Duration.ofDays(365);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--port-base",
            paramLabel = "N",
            description = "First of nine ports on 127.0.0.1, default ${DEFAULT-VALUE}.",
            defaultValue = "7400")
    private int portBase;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep everything there, so that it survives a restart; default: nothing survives.")
    private @Nullable Path data;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = out();
        Home home = Home.find();
        Path file = home.runningStack();
        RunningStack.read(file).ifPresent(other -> {
            throw new Complaint("a stack runs already, process " + other.pid() + "; stop that one first");
        });
        StackPlan plan =
                new StackPlan(home, StackPorts.from(portBase), Optional.ofNullable(data), false, home.logs("up"));
        out.println("Starting the stack");
        out.flush();
        try (LocalStack stack = LocalStack.start(plan, (what, after) -> {
            out.printf(Locale.ROOT, "  %5.1f s  %s%n", after.toMillis() / 1000.0, what);
            out.flush();
        })) {
            new RunningStack(
                            ProcessHandle.current().pid(),
                            stack.brokerAddress().bootstrapServers(),
                            stack.addresses().byName())
                    .write(file);
            String token = developerToken(stack);
            StackSecrets.writeToken(home.runningStackToken(), token);
            introduce(stack, token);
            AtExit.closeFirst(() -> {
                out.println("Stopping");
                out.flush();
                Files.deleteIfExists(file);
                Files.deleteIfExists(home.runningStackToken());
            });
            watch(stack);
        }
        return 0;
    }

    private static String developerToken(LocalStack stack) {
        return stack.issuer()
                .token("developer")
                .org(DEMO_ORG, "owner")
                .scope("proxy")
                .scope("feed")
                .scope("platform")
                .scope("admin")
                .expiresIn(TOKEN_LIFE)
                .sign();
    }

    private void introduce(LocalStack stack, String token) {
        PrintWriter out = out();
        StackAddresses addresses = stack.addresses();
        out.println();
        addresses.byName().forEach((name, where) -> out.printf(Locale.ROOT, "  %-24s %s%n", name, where));
        out.println();
        out.println("A token for development, good for a year: owner of the organisation " + DEMO_ORG
                + ", and every scope");
        out.println();
        out.println("  " + token);
        out.println();
        out.println("Ctrl-C stops it. Logs are in target/logs/up.");
        out.flush();
    }

    /** A line for each arrival, until a signal ends this process; then everything is stopped in order, newest first. */
    private void watch(LocalStack stack) throws InterruptedException {
        int webhooks = 0;
        int mails = 0;
        PrintWriter out = out();
        while (true) {
            List<ReceivedRequest> received = stack.receiver().received();
            for (; webhooks < received.size(); webhooks++) {
                ReceivedRequest request = received.get(webhooks);
                out.println("  " + request.receivedAt() + "  webhook "
                        + request.header("webhook-id").orElse("without id") + " to " + request.path() + ", "
                        + request.body().length + " bytes");
            }
            List<CaughtMail> caught = stack.mail().messages();
            for (; mails < caught.size(); mails++) {
                CaughtMail mail = caught.get(mails);
                out.println(
                        "  " + mail.receivedAt() + "  mail to " + String.join(", ", mail.to()) + ": " + mail.subject());
            }
            out.flush();
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private PrintWriter out() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        return spec.commandLine().getOut();
    }
}
