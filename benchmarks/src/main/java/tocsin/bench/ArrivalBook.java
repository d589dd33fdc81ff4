package tocsin.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** When messages were asked for, when they came, and when each was answered; by their {@code webhook-id}. */
final class ArrivalBook {

    private final Map<String, Long> asked = new ConcurrentHashMap<>();
    private final Map<String, Long> arrived = new ConcurrentHashMap<>();

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
}
