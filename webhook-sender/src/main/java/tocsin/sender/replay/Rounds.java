package tocsin.sender.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.deliverylog.RoundRepository;
import tocsin.sender.deliverylog.Trigger;
import tocsin.service.outbox.OutboxRecord;

/** Has a delivery attempted again. */
@Singleton
final class Rounds {

    /** A second click, and the third. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    private final RoundRepository repository;
    private final DatabaseClient database;

    Rounds(RoundRepository repository, DatabaseClient database) {
        this.repository = repository;
        this.database = database;
    }

    /**
     * Opens a round and sends its record, or neither.
     *
     * @param request the value of the record
     * @return empty if one is under way, or was asked for within {@link #PAUSE}
     */
    Optional<Round> begin(LoggedDelivery delivery, byte[] request, Trigger trigger, Instant now) {
        return database.inTransaction(_ -> {
            Optional<Round> round = repository.open(delivery, trigger, now, PAUSE);
            round.ifPresent(opened -> database.send(record(delivery, request, opened)));
            return round;
        });
    }

    private static OutboxRecord record(LoggedDelivery delivery, byte[] request, Round round) {
        Map<String, byte[]> headers = new LinkedHashMap<>(round.headers());
        headers.put(MessageHeaders.MESSAGE_ID, delivery.webhookId().getBytes(UTF_8));
        return new OutboxRecord(
                Topics.WEBHOOK_REQUESTED.name(), delivery.endpointId().getBytes(UTF_8), request, headers);
    }
}
