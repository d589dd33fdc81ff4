package tocsin.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tocsin.schemas.Topics;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;

/** {@code bench isolate}: what endpoints that hang do to the others. */
@Command(
        name = "isolate",
        mixinStandardHelpOptions = true,
        description = {
            "Endpoints of the real sender. Under a steady load first none of them hangs, then one holds every",
            "request for ten seconds, then ten do, and back again: the p99 of the others counts. Then more comes than",
            "can be done at once while none hangs or one does: the others' throughput counts."
        })
final class IsolateCommand implements Callable<Integer> {

    /** Bursts; a round of steady loads follows them, and together they take longer than {@code bench deliver} needs to get warm. */
    private static final int WARM_UPS = 5;

    /** How many hang in a round. A JVM gets quicker for long: in this order no side has more of that, of steady loads as of bursts. */
    private static final List<Integer> LOADS = List.of(0, 1, 10, 10, 1, 0);

    private static final List<Integer> BURSTS = List.of(0, 1, 1, 0, 0, 1, 1, 0);

    private static final int MOST_THAT_HANG = Collections.max(LOADS);

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each steady load lasts; default ${DEFAULT-VALUE}.",
            defaultValue = "20")
    private int seconds = 20;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description =
                    "Deliveries a second of the steady load, to all endpoints together; default ${DEFAULT-VALUE}.",
            defaultValue = "500")
    private int perSecond = 500;

    @Option(
            names = "--burst",
            paramLabel = "N",
            description = "Deliveries at once, to all endpoints together; default ${DEFAULT-VALUE}.",
            defaultValue = "10000")
    private int burst = 10_000;

    @Option(
            names = "--endpoints",
            paramLabel = "N",
            description = "How many there are, those that hang among them; default ${DEFAULT-VALUE}.",
            defaultValue = "50")
    private int inAll = 50;

    @Option(
            names = "--hang",
            paramLabel = "SECONDS",
            description = "How long an endpoint that hangs holds a request; default ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private int hang = 10;

    @Option(
            names = "--one-host",
            description = {
                "Those that hang are on the same host as the others. Connections are kept by host: a request that timed",
                "out has closed its own, and the next one takes one that the others had."
            })
    private boolean oneHost;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often the steady loads are gone through forth and back, and then the bursts; default ${DEFAULT-VALUE}.",
            defaultValue = "2")
    private int rounds = 2;

    @Override
    public Integer call() throws InterruptedException {
        if (inAll <= MOST_THAT_HANG) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--endpoints must be more than " + MOST_THAT_HANG);
        }
        LocalAuthority authority = LocalAuthority.create();
        ArrivalBook book = new ArrivalBook();
        ReceiverServer.Script script = (path, webhookId) -> {
            book.arrived(webhookId);
            if (path.equals("/hang")) {
                Thread.sleep(Duration.ofSeconds(hang));
            }
            return 204;
        };
        try (KafkaBroker broker = IngestCommand.brokerWithTopics();
                TopicClient topics = new TopicClient(broker);
                PostgresServer postgres = PostgresServer.startDurable();
                ReceiverServer receiver = new ReceiverServer(authority, script);
                ReceiverServer elsewhere = new ReceiverServer(authority, script);
                SenderServer sender = new SenderServer(
                        broker,
                        postgres,
                        authority,
                        Map.of(),
                        TrackerServer.jvmOf(seconds, SenderServer::asOperated),
                        IngestCommand.logs("webhook-sender.log"));
                EndpointClient endpoints = sender.endpoints("org-bench");
                RequestedProducer requests = new RequestedProducer(broker, endpoints.org(), ClockFactory.system())) {
            IsolateBench bench = new IsolateBench(
                    receiver.url("/hook"),
                    (oneHost ? receiver : elsewhere).url("/hang"),
                    endpoints,
                    requests,
                    book,
                    () -> topics.records(Topics.DELIVERY_SETTLED.name(), Topics.DELIVERY_SETTLED.devPartitions()));
            // A JVM that is not warm would make the first run look bad, and the others good.
            for (int i = 0; i < WARM_UPS; i++) {
                bench.burst(inAll, 0, burst);
            }
            // What is done only where some hang has to be warm, too, and what bursts left in the heap collected.
            for (int hanging : LOADS) {
                bench.steady(inAll, hanging, seconds, perSecond);
            }
            Map<Integer, List<Double>> p99s = measured(LOADS, postgres, hanging -> steady(bench, hanging));
            Map<Integer, List<Double>> rates = measured(BURSTS, postgres, hanging -> burst(bench, hanging));
            output.say(new IsolateReport(
                            p99s.getOrDefault(0, List.of()),
                            p99s.getOrDefault(1, List.of()),
                            p99s.getOrDefault(MOST_THAT_HANG, List.of()),
                            rates.getOrDefault(0, List.of()),
                            rates.getOrDefault(1, List.of()))
                    .json());
        }
        return 0;
    }

    private interface Load {
        double measure(int hanging) throws InterruptedException;
    }

    /**
     * By how many hang. PostgreSQL counts the rows of its tables anew once a tenth has changed, which is about one load: for two seconds that takes one of two
     * processors from whichever load it falls into. With the usual numbers it has no reason to where that was done just before, as here.
     */
    private Map<Integer, List<Double>> measured(List<Integer> round, PostgresServer postgres, Load load)
            throws InterruptedException {
        Map<Integer, List<Double>> measured = new HashMap<>();
        for (int i = 0; i < rounds; i++) {
            for (int hanging : round) {
                postgres.vacuumAndCheckpoint();
                measured.computeIfAbsent(hanging, _ -> new ArrayList<>()).add(load.measure(hanging));
            }
        }
        return measured;
    }

    private double steady(IsolateBench bench, int hanging) throws InterruptedException {
        double p99 = Percentile.of(bench.steady(inAll, hanging, seconds, perSecond), 0.99);
        output.say(String.format(Locale.ROOT, "  %d of %d hang; the others: p99 %.1f ms", hanging, inAll, p99));
        return p99;
    }

    private double burst(IsolateBench bench, int hanging) {
        double rate = bench.burst(inAll, hanging, burst);
        output.say(String.format(Locale.ROOT, "  %d of %d hang; the others: %.0f/s", hanging, inAll, rate));
        return rate;
    }
}
