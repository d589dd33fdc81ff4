package tocsin.dispatcher.ledger;

import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.Quarantine;

/** Closes rows of webhooks by {@code delivery.settled}. What settles no row of ours, such as a test message, changes nothing. */
public final class SettledHandler implements BatchHandler {

    private static final Logger LOG = LoggerFactory.getLogger(SettledHandler.class);
    private static final int LONGEST_REASON = 500;
    private static final MessageCodec<DeliverySettled> CODEC = MessageCodec.of(DeliverySettled.class);

    private final SqlClient sql;
    private final LedgerRepository ledger;
    private final ExhaustedWebhook exhausted;
    private final ResentWebhook resent;
    private final Quarantine quarantine;

    public SettledHandler(
            SqlClient sql,
            LedgerRepository ledger,
            ExhaustedWebhook exhausted,
            ResentWebhook resent,
            Quarantine quarantine) {
        this.sql = sql;
        this.ledger = ledger;
        this.exhausted = exhausted;
        this.resent = resent;
        this.quarantine = quarantine;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) {
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            DeliverySettled settled;
            UUID notification;
            try {
                settled = CODEC.decode(record.value() == null ? new byte[0] : record.value());
                notification = UUID.fromString(settled.getNotificationId());
            } catch (UndecodableMessageException e) {
                quarantine.put(record, String.valueOf(e.getMessage()));
                continue;
            } catch (IllegalArgumentException e) {
                quarantine.put(record, "the notification id is no UUID");
                continue;
            }
            try {
                settle(notification, settled);
            } catch (RuntimeException e) {
                if (SqlClient.isOutage(e)) {
                    throw e;
                }
                // Such as a time that the database has no room for: the rows behind must not wait for it.
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("notificationId", notification)
                        .log("settled.failed");
                quarantine.put(record, "settling failed: " + e.getClass().getSimpleName());
            }
        }
    }

    private void settle(UUID notification, DeliverySettled settled) {
        State outcome = switch (settled.getOutcome()) {
            case DELIVERED -> State.DELIVERED;
            case FAILED -> State.FAILED;
        };
        sql.inTransaction(() -> {
            if (outcome == State.FAILED) {
                exhausted.failed(notification, settled.getDestination());
            } else if (ledger.state(notification, settled.getDestination())
                    .filter(State.FAILED::equals)
                    .isPresent()) {
                resent.arrives(notification, settled.getDestination());
            }
            ledger.settle(List.of(new Settlement(
                    notification,
                    settled.getDestination(),
                    outcome,
                    settled.getAttempts(),
                    settled.getReason().map(SettledHandler::cut),
                    settled.getSettledAt())));
        });
    }

    private static String cut(String reason) {
        String text = reason.replace('\0', ' ');
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON);
    }
}
