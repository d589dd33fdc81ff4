package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.DeliveryRepository.Written;
import tocsin.sender.parking.PersonalData;

/** Writes the tables {@code delivery}, {@code delivery_attempt} and {@code delivery_payload}. */
@Singleton
public final class DeliveryLogRepository {

    private final DatabaseClient database;
    private final PersonalData personalData;
    private final LogPartitionRepository partitions;
    private final DeliveryRepository deliveries;
    private final AttemptRepository attempts;
    private final PayloadRepository payloads;

    DeliveryLogRepository(
            DatabaseClient database,
            PersonalData personalData,
            LogPartitionRepository partitions,
            DeliveryRepository deliveries,
            AttemptRepository attempts,
            PayloadRepository payloads) {
        this.database = database;
        this.personalData = personalData;
        this.partitions = partitions;
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.payloads = payloads;
    }

    /**
     * What is known of a delivery.
     *
     * @param settlement how it ended; empty as long as it has not
     * @param openRound the round that is under way; 0 if none is
     */
    public record Known(Optional<Settlement> settlement, int openRound) {

        static final Known NOTHING = new Known(Optional.empty(), 0);
    }

    /** Of each, in their order. */
    public List<Known> known(List<LoggedDelivery> of) {
        return deliveries.known(of);
    }

    /** All of them or none, with the records that tell of those that are settled. */
    void write(List<LogEntry> entries, Instant at) {
        // As the database keeps it: a delivery's row names its payload by it.
        Instant now = at.truncatedTo(ChronoUnit.MICROS);
        partitions.makeFor(days(entries, now));
        // Whoever else writes some of these takes them in the same order, so that nobody waits in a circle.
        List<LogEntry> sorted = entries.stream()
                .sorted(Comparator.comparing(
                                (LogEntry entry) -> entry.delivery().webhookId())
                        .thenComparing(entry -> entry.delivery().endpointId()))
                .toList();
        database.together(() -> {
            Map<DeliveryRepository.Key, Written> written = deliveries.put(sorted, now);
            attempts.insert(keep(sorted, written, now));
            tell(sorted, written);
        });
    }

    private static Set<Instant> days(List<LogEntry> entries, Instant now) {
        Set<Instant> times = new HashSet<>();
        times.add(now);
        entries.forEach(entry -> entry.attempt().ifPresent(attempt -> times.add(attempt.startedAt())));
        return times;
    }

    /**
     * Every day on which something is written of a delivery has its payload, so that the two are dropped together.
     *
     * @return the entries that may have an attempt to tell of, without what may tell of somebody who was erased
     */
    private List<LogEntry> keep(List<LogEntry> entries, Map<DeliveryRepository.Key, Written> written, Instant now) {
        Set<DeliveryRepository.Key> there = new HashSet<>();
        written.forEach((key, row) -> {
            if (row.hadPayload()) {
                there.add(key);
            }
        });
        Set<DeliveryRepository.Key> stored = new HashSet<>();
        List<LogEntry> all = new ArrayList<>();
        List<LogEntry> asked = entries.stream()
                .filter(entry -> !there.contains(DeliveryRepository.Key.of(entry))
                        || entry.attempt().isPresent())
                .toList();
        List<PersonalData.Kept> answers =
                personalData.withoutErased(asked.stream().map(LogEntry::request).toList());
        List<PayloadRepository.Payload> payloadsOfToday = new ArrayList<>();
        int next = 0;
        for (LogEntry entry : entries) {
            boolean isThere = there.contains(DeliveryRepository.Key.of(entry));
            if (isThere && entry.attempt().isEmpty()) {
                continue;
            }
            PersonalData.Kept answer = answers.get(next++);
            boolean erased = !Arrays.equals(answer.request(), entry.request());
            if (!isThere && stored.add(DeliveryRepository.Key.of(entry))) {
                payloadsOfToday.add(new PayloadRepository.Payload(
                        entry.delivery(), now, answer.request(), answer.subjects(), erased));
            }
            // Receivers repeat what they were sent.
            all.add(erased ? entry.withoutAnswer() : entry);
        }
        payloads.insert(payloadsOfToday);
        return all;
    }

    /** The rows are locked by now: what they say stands. Nothing is said of what has not ended, as where a round alone has failed. */
    private void tell(List<LogEntry> entries, Map<DeliveryRepository.Key, Written> written) {
        entries.stream()
                .filter(entry ->
                        entry.settlement().isPresent() && entry.delivery().isAwaited())
                .map(LogEntry::delivery)
                .forEach(delivery -> Objects.requireNonNull(written.get(DeliveryRepository.Key.of(delivery)))
                        .settlement()
                        .ifPresent(settlement -> database.send(SettledRecord.of(delivery, settlement))));
    }
}
