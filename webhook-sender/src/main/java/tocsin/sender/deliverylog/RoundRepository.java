package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import tocsin.sender.database.DatabaseClient;

/** The rounds of deliveries, in the table {@code delivery}. */
@Singleton
public final class RoundRepository {

    /** Longer than a ladder is; what is open after it waits for an endpoint that is left alone or disabled, and gives way to the next. */
    static final Duration LONGEST = Duration.ofMinutes(10);

    private final DatabaseClient database;

    RoundRepository(DatabaseClient database) {
        this.database = database;
    }

    /**
     * A new round, unless one is under way or was asked for just now.
     *
     * @param pause from one request to the next
     */
    public Optional<Round> open(LoggedDelivery delivery, Trigger trigger, Instant now, Duration pause) {
        return database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                    update delivery set round = round + 1, round_trigger = ?, round_open = true, round_asked_at = ?
                    where webhook_id = ? and endpoint_id = ? and (round_asked_at is null
                        or round_asked_at <= case when round_open then ?::timestamptz else ?::timestamptz end)
                    returning round
                    """)) {
                update.setString(1, trigger.text());
                update.setObject(2, utc(now));
                update.setString(3, delivery.webhookId());
                update.setString(4, delivery.endpointId());
                update.setObject(5, utc(now.minus(LONGEST)));
                update.setObject(6, utc(now.minus(pause)));
                try (ResultSet row = update.executeQuery()) {
                    return row.next() ? Optional.of(new Round(row.getInt(1), trigger)) : Optional.empty();
                }
            }
        });
    }

    /** How many deliveries somebody of the organisation asked for one by one since then. */
    public int resentSince(String orgId, Instant since) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("""
                    select count(*) from delivery where org_id = ? and round_trigger = 'resend' and round_asked_at > ?
                    """)) {
                query.setString(1, orgId);
                query.setObject(2, utc(since));
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
