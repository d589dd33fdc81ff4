package tocsin.local.running;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
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

    @Option(
            names = "--client-config",
            paramLabel = "FILE",
            description =
                    "Properties file of Kafka's own client settings, such as security.protocol; needs --bootstrap.")
    private @Nullable Path clientConfig;

    /** @throws Complaint if no broker is named and no stack runs, or the file cannot be read */
    public BrokerAddress address() {
        if (bootstrap != null) {
            return new BrokerAddress(bootstrap, topicPrefix, clientConfig == null ? Map.of() : settings(clientConfig));
        }
        if (clientConfig != null) {
            throw new Complaint("--client-config is for the cluster that --bootstrap names");
        }
        RunningStack stack = RunningStack.read(Home.find().runningStack())
                .orElseThrow(() -> new Complaint(
                        "no stack runs here; start one with ./tocsin up, or name a broker with --bootstrap HOST:PORT"));
        return new BrokerAddress(stack.bootstrapServers(), topicPrefix);
    }

    private static Map<String, String> settings(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            // Its message may repeat what is in the file.
            throw new Complaint("cannot read " + file + " as properties");
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }
}
