package tocsin.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;

/** {@code bench deliver}: webhooks a second. */
@Command(
        name = "deliver",
        mixinStandardHelpOptions = true,
        description = {
            "webhook.requested to delivery.settled by the real sender, each signed, posted over TLS and logged in",
            "PostgreSQL, against a bare client of the same HTTP library that posts to the same receiver, before and",
            "after it: the faster of the two is the limit."
        })
final class DeliverCommand implements Callable<Integer> {

    private static final int ENDPOINTS = 50;
    /** With more the bare client gets slower on few cores. */
    private static final int BARE_AT_A_TIME = 32;
    /** More than the sender gets through in a second once it is warm. */
    private static final long DELIVERIES_PER_SECOND = 12_000;

    /** Before that a JVM is not what it will be: of what the sender takes, the compiler has a third after half a minute, and a tenth after more than one. */
    private static final long WARM_UP = 400_000;

    /** Of the bare client; a run that is told how many deliveries there are is spared what is more than it measures. */
    private static final int BARE_WARM_UP_SECONDS = 20;

    /** Where a run is told how many there are. */
    private static final double WARM_UP_SHARE = 0.5;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each side is measured, at most; default ${DEFAULT-VALUE}.",
            defaultValue = "15")
    private int seconds = 15;

    @Option(
            names = "--deliveries",
            paramLabel = "N",
            description = "How many there are in all, warm-up included; by default more than can be done in the time.",
            defaultValue = "0")
    private long deliveries;

    private final LongAdder received = new LongAdder();

    @Override
    public Integer call() {
        long backlog = deliveries > 0 ? deliveries : WARM_UP + seconds * DELIVERIES_PER_SECOND;
        long warmUp = deliveries > 0 ? Math.round(deliveries * WARM_UP_SHARE) : WARM_UP;
        UnaryOperator<ChildProcess.Builder> jvm = TrackerServer.jvmOf(seconds, SenderServer::asOperated);
        LocalAuthority authority = LocalAuthority.create();
        try (KafkaBroker broker = IngestCommand.brokerWithTopics();
                TopicClient topics = new TopicClient(broker);
                PostgresServer postgres = PostgresServer.startDurable();
                ReceiverServer receiver = new ReceiverServer(authority, (_, _) -> {
                    received.increment();
                    return 204;
                })) {
            double before = bare(authority, receiver, jvm);
            double ours;
            try (SenderServer sender = new SenderServer(
                    broker, postgres, authority, Map.of(), jvm, IngestCommand.logs("webhook-sender.log"))) {
                ours = ours(broker, topics, receiver, sender, warmUp, backlog);
            }
            double after = bare(authority, receiver, jvm);
            output.say(DeliverReport.of(ours, before, after).json());
        }
        return 0;
    }

    private double ours(
            KafkaBroker broker,
            TopicClient topics,
            ReceiverServer receiver,
            SenderServer sender,
            long warmUp,
            long backlog) {
        String settled = Topics.DELIVERY_SETTLED.name();
        int partitions = Topics.DELIVERY_SETTLED.devPartitions();
        try (EndpointClient endpoints = sender.endpoints("org-bench");
                RequestedProducer requests = new RequestedProducer(broker, endpoints.org(), ClockFactory.system())) {
            List<String> ids = endpoints.register(ENDPOINTS, receiver.url("/hook"));
            for (int i = 0; i < backlog; i++) {
                requests.send("msg_" + i, ids.get(i % ENDPOINTS));
            }
            requests.flush();
            Pace pace = Pace.of(
                    settled,
                    sender.pid(),
                    () -> topics.records(settled, partitions),
                    warmUp,
                    backlog,
                    Duration.ofSeconds(seconds));
            output.say("  sender: " + pace);
            return pace.perSecond();
        }
    }

    private double bare(LocalAuthority authority, ReceiverServer receiver, UnaryOperator<ChildProcess.Builder> jvm) {
        Path trustStore = SenderServer.trustStore(authority);
        try (ChildProcess client = jvm.apply(ChildProcess.named("bare-client").main(BareClientMain.class))
                .args(
                        receiver.url("/bare"),
                        trustStore.toString(),
                        LocalAuthority.STORE_PASSWORD,
                        Integer.toString(BARE_AT_A_TIME))
                .output(IngestCommand.logs("bare-client.log"))
                .start()) {
            received.reset();
            // It has far less to compile than the sender, but more than its first seconds.
            Pace.await("bare client", received::sum, 1);
            Pace warmUp = Pace.of(
                    "bare client",
                    client.pid(),
                    received::sum,
                    1,
                    Long.MAX_VALUE,
                    Duration.ofSeconds(
                            deliveries > 0 ? Math.min(seconds, BARE_WARM_UP_SECONDS) : BARE_WARM_UP_SECONDS));
            Pace pace = Pace.of(
                    "bare client",
                    client.pid(),
                    received::sum,
                    warmUp.to(),
                    Long.MAX_VALUE,
                    Duration.ofSeconds(Math.min(seconds, 10)));
            output.say("  bare client: " + pace);
            return pace.perSecond();
        } finally {
            SenderServer.forget(trustStore);
        }
    }
}
