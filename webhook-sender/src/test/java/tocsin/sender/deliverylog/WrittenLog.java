package tocsin.sender.deliverylog;

import static tocsin.sender.SenderService.newOrg;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;

/** Entries as the tests of the log write them, for an organisation of their own, and what the database holds of them. */
final class WrittenLog {

    static final Duration DAY = Duration.ofDays(1);

    final SenderService sender = SenderService.shared();
    final DeliveryLogRepository log = sender.part(DeliveryLogRepository.class);
    final AttemptRepository attempts = sender.part(AttemptRepository.class);
    final PayloadRepository payloads = sender.part(PayloadRepository.class);
    final String org = newOrg();
    /** Noon: what is written minutes later is of the same day. */
    final Instant now = LogDays.start(LogDays.of(Clock.systemUTC().instant())).plus(Duration.ofHours(12));

    LoggedDelivery delivery(String id, String endpoint) {
        return new LoggedDelivery("msg_" + id + "-" + org, endpoint, "n-" + id + "-" + org, org, "key.revoked");
    }

    static byte[] request(LoggedDelivery delivery, String data) {
        return MessageCodec.of(WebhookRequested.class)
                .encode(SenderService.request(new Registered(delivery.orgId(), delivery.endpointId(), ""))
                        .setWebhookId(delivery.webhookId())
                        .setNotificationId(delivery.notificationId())
                        .setType(delivery.type())
                        .setData(data)
                        .build());
    }

    static byte[] request(LoggedDelivery delivery) {
        return request(delivery, "{}");
    }

    static LoggedAttempt attempt(int number, Instant at) {
        return attempt(number, at, "thanks");
    }

    static LoggedAttempt attempt(int number, Instant at, String answer) {
        return new LoggedAttempt(
                number,
                Optional.of(number == 1 ? Trigger.FIRST : Trigger.RETRY),
                at,
                Duration.ofMillis(7),
                Optional.of(503),
                Optional.of("status"),
                Optional.of("the receiver answered 503"),
                Wires.answered(List.of(new LoggedHeader("x-name", answer)), answer),
                Optional.empty());
    }

    static LogEntry retrying(LoggedDelivery delivery, int number, Instant at) {
        return LogEntry.retrying(delivery, attempt(number, at), request(delivery));
    }

    static LogEntry delivered(LoggedDelivery delivery, int number, Instant at) {
        return LogEntry.settled(
                delivery,
                attempt(number, at),
                new Settlement(true, number, Optional.empty(), at.plusMillis(7)),
                request(delivery));
    }

    String text(String sql) {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String row(LoggedDelivery delivery, String columns) {
        return text("select concat_ws(' ', " + columns + ") from webhook_sender.delivery where webhook_id = '"
                + delivery.webhookId() + "' and endpoint_id = '" + delivery.endpointId() + "'");
    }

    /** The days from today of the payloads that are kept, the oldest first. */
    String payloadDays(LoggedDelivery delivery) {
        return text("select string_agg(((kept_at at time zone 'UTC')::date - '" + LogDays.of(now)
                + "'::date)::text, ' ' order by kept_at) from webhook_sender.delivery_payload where webhook_id = '"
                + delivery.webhookId() + "' and endpoint_id = '" + delivery.endpointId() + "'");
    }

    List<Integer> numbers(LoggedDelivery delivery) {
        return attempts.of(delivery.webhookId(), delivery.endpointId(), now.minus(DAY.multipliedBy(5)), 100).stream()
                .map(LoggedAttempt::number)
                .toList();
    }
}
