package tocsin.bench;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** When messages were asked for, when they came, and when each was answered; by their {@code webhook-id}. */
final class ArrivalBook {

    private final Map<String, Long> asked = new ConcurrentHashMap<>();
    private final Map<String, Long> arrived = new ConcurrentHashMap<>();

    /** Of all that was asked for before. */
    void forget() {
        asked.clear();
        arrived.clear();
    }

    void asked(String webhookId) {
        asked.put(webhookId, System.nanoTime());
    }

    /** The first time counts. */
    void arrived(String webhookId) {
        arrived.putIfAbsent(webhookId, System.nanoTime());
    }

    long arrivals(List<String> webhookIds) {
        return webhookIds.stream().filter(arrived::containsKey).count();
    }

    /** From when each was asked for to when it came, as far as it has. */
    List<Double> millis(List<String> webhookIds) {
        return webhookIds.stream()
                .filter(arrived::containsKey)
                .map(id -> (arrived.getOrDefault(id, 0L) - asked.getOrDefault(id, 0L)) / 1e6)
                .toList();
    }

    /**
     * Of messages that were asked for at once and have all come, how many came a second: from the first tenth of them to the last, so that it does not
     * matter how the load began.
     */
    double perSecond(List<String> webhookIds) {
        long[] times = webhookIds.stream()
                .map(arrived::get)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        int first = times.length / 10;
        long took = times.length == 0 ? 0 : times[times.length - 1] - times[first];
        return took == 0 ? 0 : (times.length - 1 - first) / (took / 1e9);
    }
}
