package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.engine.Delivery;
import tocsin.engine.EngineHeaders;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.deliverylog.DeliveryLog;
import tocsin.sender.deliverylog.LogEntry;
import tocsin.sender.deliverylog.LoggedAttempt;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.parking.ParkedDelivery;
import tocsin.sender.parking.ParkingRepository;
import tocsin.service.database.GroupedWork;

/** Puts deliveries aside, with what they need to go on where they were, and has the log say why. */
@Singleton
final class Aside {

    private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

    /** Longer than any of the headers that go on with a request has reason to be. */
    private static final int LONGEST_HEADER = 512;

    /** Those that tell who sent it and belong to it wherever it goes. */
    private static final List<String> OF_THE_MESSAGE = List.of(
            MessageHeaders.MESSAGE_ID, MessageHeaders.TRACEPARENT, Round.HEADERS.getFirst(), Round.HEADERS.getLast());

    /** What a transaction of some milliseconds holds. */
    private static final int MOST_AT_ONCE = 100;

    private final GroupedWork<Put, Put> puts;
    private final Clock clock;

    private record Put(ParkedDelivery parked, LogEntry entry) {}

    Aside(ParkingRepository parking, DeliveryLog log, DatabaseClient database, Clock clock) {
        this.clock = clock;
        puts = new GroupedWork<>("put-aside", MOST_AT_ONCE, Duration.ZERO, DatabaseException::saysOutage, group -> {
            // Whoever else puts some of these aside takes them in the same order, so that nobody waits in a circle.
            List<Put> sorted = group.stream()
                    .sorted(Comparator.comparing((Put put) -> put.parked().webhookId())
                            .thenComparing(put -> put.parked().endpointId())
                            .thenComparingInt(put -> put.parked().round()))
                    .toList();
            database.together(() -> {
                parking.park(sorted.stream().map(Put::parked).toList());
                log.writeHere(sorted.stream().map(Put::entry).toList(), clock.instant());
            });
            return group;
        });
    }

    /** Comes back as a new request, with all its attempts. */
    void asNew(Delivery delivery, LoggedDelivery logged, String reason) throws InterruptedException {
        Instant now = clock.instant();
        Map<String, byte[]> headers = passedOn(delivery, OF_THE_MESSAGE);
        park(
                parked(delivery, logged, Topics.WEBHOOK_REQUESTED, headers, reason, now, now),
                LogEntry.parked(logged, reason, now, delivery.value()).in(roundOf(delivery)));
    }

    /** Comes back for the attempt that it was put aside from: none is spent, and no patience with its endpoint. */
    void beforeAttempt(Delivery delivery, LoggedDelivery logged, String reason, Instant notBefore)
            throws InterruptedException {
        beforeAttempt(
                delivery, logged, reason, notBefore, progress(delivery, delivery.attempt(), delivery.lastError()));
    }

    /** As {@link #beforeAttempt}, because its endpoint fails. */
    void leftAlone(Delivery delivery, LoggedDelivery logged, Standing.LeftAlone why, Patience patience)
            throws InterruptedException {
        Map<String, byte[]> headers = progress(delivery, delivery.attempt(), delivery.lastError());
        headers.putAll(patience.headers());
        beforeAttempt(delivery, logged, why.reason(), why.until(), headers);
    }

    private void beforeAttempt(
            Delivery delivery, LoggedDelivery logged, String reason, Instant notBefore, Map<String, byte[]> headers)
            throws InterruptedException {
        Instant now = clock.instant();
        park(
                parked(delivery, logged, Topics.WEBHOOK_RETRY_1S, headers, reason, now, notBefore),
                LogEntry.parked(logged, reason, now, delivery.value()).in(roundOf(delivery)));
    }

    /** Comes back for the attempt after this one, which failed. */
    void afterAttempt(Delivery delivery, LoggedDelivery logged, LoggedAttempt failed, String reason, Instant notBefore)
            throws InterruptedException {
        Instant now = clock.instant();
        Map<String, byte[]> headers = progress(delivery, failed.number() + 1, Optional.of(reason));
        park(
                parked(delivery, logged, Topics.WEBHOOK_RETRY_1S, headers, reason, now, notBefore),
                LogEntry.parkedAfter(logged, failed.followedAt(notBefore), reason, delivery.value())
                        .in(roundOf(delivery)));
    }

    static Optional<Round> roundOf(Delivery delivery) {
        return Round.of(delivery.header(Round.HEADERS.getFirst()), delivery.header(Round.HEADERS.getLast()));
    }

    /** Only a retry topic takes attempts: on the source topic a request begins anew. */
    private static Map<String, byte[]> progress(Delivery delivery, int attempt, Optional<String> lastError) {
        Map<String, byte[]> headers = passedOn(delivery, OF_THE_MESSAGE);
        put(headers, EngineHeaders.ATTEMPT, Integer.toString(attempt));
        put(
                headers,
                EngineHeaders.FIRST_ATTEMPT_AT,
                Long.toString(delivery.firstAttemptAt().toEpochMilli()));
        lastError.ifPresent(error -> put(headers, EngineHeaders.LAST_ERROR, error));
        boolean began = delivery.header(EngineHeaders.ORIGIN_TOPIC).isPresent();
        put(
                headers,
                EngineHeaders.ORIGIN_TOPIC,
                began ? origin(delivery, EngineHeaders.ORIGIN_TOPIC) : delivery.topic());
        put(
                headers,
                EngineHeaders.ORIGIN_PARTITION,
                began ? origin(delivery, EngineHeaders.ORIGIN_PARTITION) : Integer.toString(delivery.partition()));
        put(
                headers,
                EngineHeaders.ORIGIN_OFFSET,
                began ? origin(delivery, EngineHeaders.ORIGIN_OFFSET) : Long.toString(delivery.offset()));
        return headers;
    }

    private static String origin(Delivery delivery, String name) {
        return delivery.header(name).orElse("");
    }

    private static Map<String, byte[]> passedOn(Delivery delivery, List<String> names) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        names.forEach(name -> delivery.header(name).ifPresent(value -> put(headers, name, value)));
        return headers;
    }

    private static void put(Map<String, byte[]> headers, String name, String value) {
        if (value.length() <= LONGEST_HEADER) {
            headers.put(name, value.getBytes(UTF_8));
        }
    }

    private static ParkedDelivery parked(
            Delivery delivery,
            LoggedDelivery logged,
            Topic topic,
            Map<String, byte[]> headers,
            String reason,
            Instant now,
            Instant notBefore) {
        return new ParkedDelivery(
                logged.webhookId(),
                logged.endpointId(),
                roundOf(delivery).map(Round::number).orElse(0),
                topic.name(),
                delivery.value(),
                headers,
                reason,
                now,
                notBefore);
    }

    private void park(ParkedDelivery parked, LogEntry entry) throws InterruptedException {
        puts.call(new Put(parked, entry));
        LOG.atInfo()
                .addKeyValue("webhookId", parked.webhookId())
                .addKeyValue("endpointId", parked.endpointId())
                .addKeyValue("reason", parked.reason())
                .addKeyValue("until", parked.notBefore())
                .log("delivery.parked");
    }
}
