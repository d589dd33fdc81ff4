package tocsin.bench;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A receiver that refuses some messages three times, and what it notes of when they come again. */
final class PunctualBench implements ReceiverServer.Script {

    private static final int PROBES_PER_SECOND = 10;
    /** So many that none fails as often in a row as makes the sender leave it alone: three times five. */
    private static final int PROBES_PER_ENDPOINT = 5;

    private static final String PROBE = "/probe";

    private final List<Duration> waits;
    private final Map<String, List<Long>> visits = new ConcurrentHashMap<>();

    PunctualBench(List<Duration> waits) {
        this.waits = waits;
    }

    /** @param millis how late by tier, the first tier first */
    record Lateness(long early, Map<String, List<Double>> millis) {

        @Override
        public String toString() {
            return millis.entrySet().stream()
                    .map(tier -> String.format(
                            Locale.ROOT,
                            "%s median %.1f, p99 %.1f, worst %.1f ms late",
                            tier.getKey(),
                            Percentile.of(tier.getValue(), 0.5),
                            Percentile.of(tier.getValue(), 0.99),
                            Percentile.of(tier.getValue(), 1)))
                    .collect(Collectors.joining("; ", "", "; " + early + " early"));
        }
    }

    @Override
    public int answer(String path, String webhookId) {
        if (!path.equals(PROBE)) {
            return 204;
        }
        // Just before the answer: what the sender waits from can only be later.
        List<Long> times = visits.computeIfAbsent(webhookId, _ -> new ArrayList<>());
        synchronized (times) {
            times.add(System.nanoTime());
            return times.size() <= waits.size() ? 503 : 204;
        }
    }

    /**
     * Sends for so long, and waits until all have come as often as they are to.
     *
     * @param loadPerSecond deliveries a second beside them, until the last probe has come for the last time; 0 for none
     */
    Lateness probe(
            ReceiverServer receiver,
            EndpointClient endpoints,
            RequestedProducer requests,
            int seconds,
            int loadPerSecond)
            throws InterruptedException {
        int probes = seconds * PROBES_PER_SECOND;
        List<String> probed = endpoints.register((probes - 1) / PROBES_PER_ENDPOINT + 1, receiver.url(PROBE));
        List<String> busy = loadPerSecond > 0 ? endpoints.register(20, receiver.url("/hook")) : List.of();
        List<String> ids = new ArrayList<>();
        long start = System.nanoTime();
        long loads = 0;
        while (ids.size() < probes || !areThrough(ids)) {
            long passed = System.nanoTime() - start;
            if (ids.size() < probes && passed >= TimeUnit.SECONDS.toNanos(ids.size()) / PROBES_PER_SECOND) {
                String id = "msg_" + UUID.randomUUID();
                requests.send(id, probed.get(ids.size() % probed.size()));
                ids.add(id);
            }
            for (; loads < passed / 1e9 * loadPerSecond; loads++) {
                requests.send("msg_" + UUID.randomUUID(), busy.get((int) (loads % busy.size())));
            }
            if (passed > longest(seconds).toNanos()) {
                throw new IllegalStateException("retries did not come");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        endpoints.delete(probed);
        endpoints.delete(busy);
        return lateness(ids);
    }

    private Duration longest(int seconds) {
        return waits.stream()
                .reduce(Duration.ofSeconds(seconds), Duration::plus)
                .plusSeconds(60);
    }

    private boolean areThrough(List<String> ids) {
        // The last ones sent are the last ones through, as a rule; asking for all of them each time would be a load
        // itself.
        return ids.reversed().stream().allMatch(this::isThrough);
    }

    private boolean isThrough(String id) {
        return times(id).size() > waits.size();
    }

    private List<Long> times(String id) {
        List<Long> times = visits.getOrDefault(id, List.of());
        synchronized (times) {
            return List.copyOf(times);
        }
    }

    private Lateness lateness(List<String> ids) {
        long early = 0;
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int tier = 0; tier < waits.size(); tier++) {
            List<Double> late = new ArrayList<>();
            for (String id : ids) {
                List<Long> times = times(id);
                long after =
                        times.get(tier + 1) - times.get(tier) - waits.get(tier).toNanos();
                early += after < 0 ? 1 : 0;
                late.add(after / 1e6);
            }
            millis.put(name(waits.get(tier)), late);
        }
        return new Lateness(early, millis);
    }

    /** {@code 60s} for a minute, as the topics are called. */
    static String name(Duration wait) {
        return BigDecimal.valueOf(wait.toMillis(), 3).stripTrailingZeros().toPlainString() + "s";
    }
}
