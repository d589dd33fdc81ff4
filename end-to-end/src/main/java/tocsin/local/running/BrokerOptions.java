package tocsin.local.running;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that speaks to a broker. */
public final class BrokerOptions {

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Broker to speak to; several separated by commas. Default: the stack that `up` started.")
    private @Nullable String bootstrap;

    @Option(
            names = "--topic-prefix",
            paramLabel = "PREFIX",
            description = "Stands before every topic's name, for a shared cluster.",
            defaultValue = "")
    private String topicPrefix = "";

    /** @throws Complaint if no broker is named and no stack runs */
    public BrokerAddress address() {
        if (bootstrap != null) {
            return new BrokerAddress(bootstrap, topicPrefix);
        }
        RunningStack stack = RunningStack.read(Home.find().runningStack())
                .orElseThrow(() -> new Complaint(
                        "no stack runs here; start one with ./tocsin up, or name a broker with --bootstrap HOST:PORT"));
        return new BrokerAddress(stack.bootstrapServers(), topicPrefix);
    }
}
