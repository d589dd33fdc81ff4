package tocsin.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;

/** {@code bench punctual}: how late retries are. */
@Command(
        name = "punctual",
        mixinStandardHelpOptions = true,
        description = {
            "Deliveries that fail three times at the real sender, ten a second. Of each attempt but the first: how long",
            "after the answer to the one before it arrived at the receiver, less the wait of its tier. First with",
            "nothing else to do, then beside a steady load of deliveries that succeed."
        })
final class PunctualCommand implements Callable<Integer> {

    private static final int MOST_SECONDS = 40;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description =
                    "For how long deliveries are sent, idle and again under load; their retries come after that. At most 40; default ${DEFAULT-VALUE}.",
            defaultValue = "30")
    private int seconds = 30;

    @Option(
            names = "--waits",
            paramLabel = "DURATIONS",
            description = "Of the three tiers, as ISO 8601 has them; default ${DEFAULT-VALUE}.",
            split = ",",
            defaultValue = "PT1S,PT10S,PT60S")
    private List<Duration> waits = List.of();

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description = "Deliveries a second of the load; default ${DEFAULT-VALUE}.",
            defaultValue = "500")
    private int perSecond = 500;

    @Override
    public Integer call() throws InterruptedException {
        if (seconds > MOST_SECONDS) {
            throw new IllegalArgumentException(
                    "at most " + MOST_SECONDS + " seconds: an organisation has only so many endpoints");
        }
        LocalAuthority authority = LocalAuthority.create();
        PunctualBench bench = new PunctualBench(waits);
        String inForce = waits.stream().map(Duration::toString).collect(Collectors.joining(","));
        try (KafkaBroker broker = IngestCommand.brokerWithTopics();
                PostgresServer postgres = PostgresServer.startDurable();
                ReceiverServer receiver = new ReceiverServer(authority, bench);
                SenderServer sender = new SenderServer(
                        broker,
                        postgres,
                        authority,
                        Map.of("TOCSIN_DELIVERY_WAITS", inForce),
                        TrackerServer.jvmOf(seconds, SenderServer::asOperated),
                        IngestCommand.logs("webhook-sender.log"));
                EndpointClient endpoints = sender.endpoints("org-bench");
                RequestedProducer requests = new RequestedProducer(broker, endpoints.org(), ClockFactory.system())) {
            // The first ones find a JVM that is cold.
            bench.probe(receiver, endpoints, requests, Math.min(seconds, 3), perSecond);
            PunctualBench.Lateness idle = bench.probe(receiver, endpoints, requests, seconds, 0);
            output.say("  idle: " + idle);
            PunctualBench.Lateness loaded = bench.probe(receiver, endpoints, requests, seconds, perSecond);
            output.say("  under load: " + loaded);
            output.say(new PunctualReport(idle.early() + loaded.early(), idle.millis(), loaded.millis()).json());
        }
        return 0;
    }
}
