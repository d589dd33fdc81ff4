package tocsin.bench;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;

/** {@code bench latency}: how long the alarm takes. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = {
            "From the sending of an advisory to the arrival of the webhook at its receiver, and of the whole mail at its",
            "server, through all four services as they are shipped: idle, then beside 2,000 downloads a second."
        })
final class LatencyCommand implements Callable<Integer> {

    private static final int DOWNLOADS_PER_SECOND = 2_000;
    private static final Duration BETWEEN = Duration.ofMillis(150);
    /** Before that a JVM is not what it will be: after 60 alarms the compilers of five of them still took more than half of two cores. */
    private static final int WARM_UP = 300;

    private static final Pattern PROBE = Pattern.compile("(warm|idle|loaded)-\\d+");
    /** Where an alarm passes, in the order of its way. */
    private static final List<Topic> HOPS = List.of(
            Topics.ADVISORY_ACCEPTED, Topics.ADVISORY_FANOUT, Topics.ADVISORY_MATCHED, Topics.WEBHOOK_REQUESTED);

    private static final String ADDRESS = "holder@example.com";

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long is measured idle, and again under load; default ${DEFAULT-VALUE}.",
            defaultValue = "20")
    private int seconds = 20;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Advisories before those that count; default ${DEFAULT-VALUE}.",
            defaultValue = "" + WARM_UP)
    private int warmUp = WARM_UP;

    private final Clock clock = ClockFactory.system();

    @Override
    public Integer call() {
        Function<String, UnaryOperator<ChildProcess.Builder>> jvm =
                service -> TrackerServer.jvmOf(seconds, program -> TrackerServer.asOperated(service, program));
        try (AlarmStack stack = new AlarmStack(clock, jvm);
                ProbeProducer probes = new ProbeProducer(stack.broker(), clock);
                AdvisoryProducer advisories = new AdvisoryProducer(stack.broker(), clock);
                HopConsumer hops = new HopConsumer(
                        stack.broker(), HOPS.stream().map(Topic::name).toList(), PROBE, clock);
                TopicClient topics = new TopicClient(stack.broker())) {
            probes.register(ADDRESS);
            int each = Math.max(5, (int) (seconds * 1000L / BETWEEN.toMillis()));
            long stored = probes.fetch(names("warm", warmUp));
            stored += probes.fetch(names("idle", each));
            stored += probes.fetch(names("loaded", each));
            awaitStored(topics, stored);
            measure(stack, advisories, "warm", warmUp);
            Map<String, Instant> idle = measure(stack, advisories, "idle", each);
            List<Double> webhook = webhooks(stack, idle);
            List<Double> email = mails(stack, idle);
            output.say("  idle, webhook: " + LatencyReport.words(webhook));
            output.say("  idle, mail: " + LatencyReport.words(email));
            output.say("  idle, ms to each place: " + where(stack, idle, hops));
            Map<String, Instant> loaded;
            try (Load load = new Load(stack.broker())) {
                load.awaitSteady();
                loaded = measure(stack, advisories, "loaded", each);
                output.say("  downloads meanwhile: " + load.sent());
            }
            List<Double> loadedWebhook = webhooks(stack, loaded);
            output.say("  loaded, webhook: " + LatencyReport.words(loadedWebhook));
            output.say("  loaded, mail: " + LatencyReport.words(mails(stack, loaded)));
            output.say("  loaded, ms to each place: " + where(stack, loaded, hops));
            output.say(new LatencyReport(webhook, email, loadedWebhook).json());
        }
        return 0;
    }

    private static List<String> names(String kind, int count) {
        return IntStream.range(0, count).mapToObj(i -> kind + "-" + i).toList();
    }

    private static void awaitStored(TopicClient topics, long downloads) {
        Pace.await(
                "the matcher", () -> topics.committed(MatcherServer.GROUP, Topics.DOWNLOAD_RECORDED.name()), downloads);
    }

    /** Sends advisories at a steady rate and waits for all alarms. @return when each was sent */
    private Map<String, Instant> measure(AlarmStack stack, AdvisoryProducer advisories, String kind, int count) {
        Map<String, Instant> sent = new LinkedHashMap<>();
        long next = System.nanoTime();
        for (String name : names(kind, count)) {
            LockSupport.parkNanos(next - System.nanoTime());
            next += BETWEEN.toNanos();
            sent.put(name, clock.instant());
            advisories.publish("MAL-2026-" + name, name);
        }
        Pace.await("alarms of " + kind, () -> arrivals(stack, kind), 2L * count);
        return sent;
    }

    private static long arrivals(AlarmStack stack, String kind) {
        return webhookTimes(stack).keySet().stream()
                        .filter(it -> it.startsWith(kind))
                        .count()
                + mailTimes(stack).keySet().stream()
                        .filter(it -> it.startsWith(kind))
                        .count();
    }

    private static List<Double> webhooks(AlarmStack stack, Map<String, Instant> sent) {
        return times(sent, webhookTimes(stack));
    }

    private static List<Double> mails(AlarmStack stack, Map<String, Instant> sent) {
        return times(sent, mailTimes(stack));
    }

    private static String where(AlarmStack stack, Map<String, Instant> sent, HopConsumer seen) {
        Hops hops = new Hops().then("advisory.published", sent);
        HOPS.forEach(topic -> hops.then(topic.name(), seen.seenIn(topic.name())));
        return hops.then("the receiver", webhookTimes(stack)).words(sent.keySet());
    }

    private static List<Double> times(Map<String, Instant> sent, Map<String, Instant> arrived) {
        List<Double> millis = new ArrayList<>();
        sent.forEach((name, at) -> {
            Instant then = arrived.get(name);
            if (then == null) {
                throw new IllegalStateException("the alarm of " + name + " did not arrive");
            }
            millis.add(Duration.between(at, then).toNanos() / 1e6);
        });
        return millis;
    }

    private static Map<String, Instant> webhookTimes(AlarmStack stack) {
        Map<String, Instant> times = new LinkedHashMap<>();
        stack.receiver()
                .received()
                .forEach(request -> times.putIfAbsent(probe(request.bodyText()), request.receivedAt()));
        return times;
    }

    private static Map<String, Instant> mailTimes(AlarmStack stack) {
        Map<String, Instant> times = new LinkedHashMap<>();
        stack.mails().messages().forEach(mail -> times.putIfAbsent(probe(mail.subject()), mail.receivedAt()));
        return times;
    }

    /** The name of the package that an alarm is about. */
    private static String probe(String text) {
        Matcher name = PROBE.matcher(text);
        if (!name.find()) {
            throw new IllegalStateException("an alarm of something else");
        }
        return name.group();
    }

    /** Downloads at a steady rate, through the tracker. */
    private static final class Load implements AutoCloseable {

        private static final int PER_SECOND = 20;

        private final BacklogProducer producer;
        private final AtomicLong sent = new AtomicLong();
        private final Background sending;

        Load(KafkaBroker broker) {
            this.producer = new BacklogProducer(broker, ClockFactory.system());
            this.sending = new Background("load", this::send);
        }

        private void send(BooleanSupplier over) {
            long next = System.nanoTime();
            while (!over.getAsBoolean()) {
                producer.send(DOWNLOADS_PER_SECOND / PER_SECOND);
                sent.addAndGet(DOWNLOADS_PER_SECOND / PER_SECOND);
                next += Duration.ofSeconds(1).toNanos() / PER_SECOND;
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }

        long sent() {
            return sent.get();
        }

        void awaitSteady() {
            Pace.await("load", this::sent, 2L * DOWNLOADS_PER_SECOND);
        }

        @Override
        public void close() {
            sending.close();
            producer.close();
        }
    }
}
