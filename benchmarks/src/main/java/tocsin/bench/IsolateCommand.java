package tocsin.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.bench.IsolateReport.Others;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;

/** {@code bench isolate}: what endpoints that hang do to the others. */
@Command(
        name = "isolate",
        mixinStandardHelpOptions = true,
        description = {
            "Fifty endpoints of the real sender. First none of them hangs, then one holds every request for ten",
            "seconds, then ten do, then none again. Each time a steady load, of which the p99 of the others counts,",
            "and then more than can be done at once, of which the others' throughput counts."
        })
final class IsolateCommand implements Callable<Integer> {

    private static final int ENDPOINTS = 50;
    /** With the usual burst as many as {@code bench deliver} takes to get warm. */
    private static final int WARM_UPS = 5;

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
            names = "--hang",
            paramLabel = "SECONDS",
            description = "How long an endpoint that hangs holds a request; default ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private int hang = 10;

    @Override
    public Integer call() throws InterruptedException {
        LocalAuthority authority = LocalAuthority.create();
        ArrivalBook book = new ArrivalBook();
        try (KafkaBroker broker = IngestCommand.brokerWithTopics();
                PostgresServer postgres = PostgresServer.startDurable();
                ReceiverServer receiver = new ReceiverServer(authority, (path, webhookId) -> {
                    book.arrived(webhookId);
                    if (path.equals("/hang")) {
                        Thread.sleep(Duration.ofSeconds(hang));
                    }
                    return 204;
                });
                SenderServer sender = new SenderServer(
                        broker, postgres, authority, Map.of(), IngestCommand.logs("webhook-sender.log"));
                EndpointClient endpoints = sender.endpoints("org-bench");
                RequestedProducer requests = new RequestedProducer(broker, endpoints.org(), ClockFactory.system())) {
            IsolateBench bench = new IsolateBench(receiver, endpoints, requests, book);
            // A JVM that is not warm would make the first run look bad, and the others good.
            bench.steady(ENDPOINTS, 0, Math.max(1, seconds / 2), perSecond);
            for (int i = 0; i < WARM_UPS; i++) {
                bench.burst(ENDPOINTS, 0, burst);
            }
            List<Double> before = new ArrayList<>();
            Others first = run(bench, 0, before);
            Others one = run(bench, 1, new ArrayList<>());
            Others ten = run(bench, 10, new ArrayList<>());
            Others last = run(bench, 0, before);
            Others without = new Others(Percentile.of(before, 0.99), Math.max(first.perSecond(), last.perSecond()));
            output.say(new IsolateReport(without, one, ten).json());
        }
        return 0;
    }

    /** @param millis takes what was measured of each */
    private Others run(IsolateBench bench, int hanging, List<Double> millis) throws InterruptedException {
        List<Double> measured = bench.steady(ENDPOINTS, hanging, seconds, perSecond);
        millis.addAll(measured);
        Others others = new Others(Percentile.of(measured, 0.99), bench.burst(ENDPOINTS, hanging, burst));
        output.say("  " + hanging + " of " + ENDPOINTS + " hang; the others: " + others);
        return others;
    }
}
