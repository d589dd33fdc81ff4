package tocsin.sender.replay;

import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.DeliveryState;
import tocsin.sender.deliverylog.LoggedDelivery;

/** The table {@code replay}, and the deliveries that its rows mean. */
@Singleton
final class ReplayRepository {

    private static final String COLUMNS =
            "id, org_id, endpoint_id, since, until, states, type, per_second, state, reason,"
                    + " total, sent, skipped_erased, skipped_not_kept, skipped_under_way, created_at, finished_at";

    private static final String IN_RANGE =
            "d.org_id = ? and d.endpoint_id = ? and d.created_at >= ? and d.created_at < ?"
                    + " and d.state = any (?) and d.settled_at is not null and d.type <> 'webhook.test'"
                    + " and (?::text is null or d.type = ?)";

    private static final int MOST_LISTED = 100;

    private final DatabaseClient database;

    ReplayRepository(DatabaseClient database) {
        this.database = database;
    }

    /** Until the end of the transaction nobody else starts one for the organisation: what is counted stays as it was counted. */
    void lockOrganisation(String orgId) {
        database.inTransaction(connection -> {
            try (PreparedStatement lock =
                    connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 0))")) {
                lock.setString(1, "replay of " + orgId);
                lock.execute();
            }
            return null;
        });
    }

    int running(String orgId) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select count(*) from replay where org_id = ? and state = 'running'")) {
                query.setString(1, orgId);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
    }

    Replay.Count count(Replay.Range range) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("select count(*),"
                    + " count(*) filter (where p.erased), count(*) filter (where p.erased is null) from delivery d"
                    + " left join delivery_payload p on p.kept_at = d.payload_at and p.webhook_id = d.webhook_id"
                    + " and p.endpoint_id = d.endpoint_id where " + IN_RANGE)) {
                fill(query, 1, range);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return new Replay.Count(row.getLong(1), row.getLong(2), row.getLong(3));
                }
            }
        });
    }

    private static int fill(PreparedStatement statement, int first, Replay.Range range) throws SQLException {
        int next = first;
        statement.setString(next++, range.orgId());
        statement.setString(next++, range.endpointId());
        statement.setObject(next++, utc(range.since()));
        statement.setObject(next++, utc(range.until()));
        statement.setArray(next++, states(statement.getConnection(), range));
        statement.setString(next++, range.type().orElse(null));
        statement.setString(next++, range.type().orElse(null));
        return next;
    }

    private static Array states(Connection connection, Replay.Range range) throws SQLException {
        return connection.createArrayOf(
                "text", range.states().stream().map(ReplayRepository::text).toArray());
    }

    private static String text(DeliveryState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    void insert(Replay replay) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into replay (id, org_id, endpoint_id, since, until, states, type, per_second, state, total,
                        next_slice_at, created_at)
                    values (?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)
                    """)) {
                Replay.Range range = replay.range();
                insert.setString(1, replay.id());
                insert.setString(2, range.orgId());
                insert.setString(3, range.endpointId());
                insert.setObject(4, utc(range.since()));
                insert.setObject(5, utc(range.until()));
                insert.setArray(6, states(connection, range));
                insert.setString(7, range.type().orElse(null));
                insert.setInt(8, replay.perSecond());
                insert.setLong(9, replay.total());
                insert.setObject(10, utc(replay.createdAt()));
                insert.setObject(11, utc(replay.createdAt()));
                insert.executeUpdate();
            }
            return null;
        });
    }

    Optional<Replay> find(String orgId, String id) {
        return list("where org_id = ? and id = ?", orgId, id).stream().findFirst();
    }

    /** The newest first. */
    List<Replay> ofOrganisation(String orgId) {
        return list("where org_id = ? order by created_at desc, id limit " + MOST_LISTED, orgId);
    }

    private List<Replay> list(String condition, String... parameters) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select " + COLUMNS + " from replay " + condition)) {
                for (int i = 0; i < parameters.length; i++) {
                    query.setString(i + 1, parameters[i]);
                }
                List<Replay> replays = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        replays.add(replay(row));
                    }
                }
                return replays;
            }
        });
    }

    private static Replay replay(ResultSet row) throws SQLException {
        return new Replay(
                row.getString("id"),
                new Replay.Range(
                        row.getString("org_id"),
                        row.getString("endpoint_id"),
                        instant(row, "since").orElseThrow(),
                        instant(row, "until").orElseThrow(),
                        Arrays.stream((String[]) row.getArray("states").getArray())
                                .map(text -> DeliveryState.valueOf(text.toUpperCase(Locale.ROOT)))
                                .toList(),
                        Optional.ofNullable(row.getString("type"))),
                row.getInt("per_second"),
                Replay.State.of(row.getString("state")),
                Optional.ofNullable(row.getString("reason")),
                row.getLong("total"),
                new Replay.Progress(
                        row.getLong("sent"),
                        row.getLong("skipped_erased"),
                        row.getLong("skipped_not_kept"),
                        row.getLong("skipped_under_way")),
                instant(row, "created_at").orElseThrow(),
                instant(row, "finished_at"));
    }

    /**
     * One whose next slice is due. It is the caller's until the transaction ends, and no other instance sees it; if the caller dies,
     * it is as it was.
     */
    Optional<Replay> claim(Instant now) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("select " + COLUMNS + " from replay"
                    + " where state = 'running' and next_slice_at <= ? order by next_slice_at limit 1"
                    + " for update skip locked")) {
                query.setObject(1, utc(now));
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(replay(row)) : Optional.empty();
                }
            }
        });
    }

    /** A delivery in its place. */
    record Place(LoggedDelivery delivery, Instant at, long sequence) {}

    /** The next ones of a replay that was claimed, the oldest first. */
    List<Place> next(Replay replay) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("select d.webhook_id, d.endpoint_id,"
                    + " d.notification_id, d.org_id, d.type, d.created_at, d.sequence from delivery d, replay r where "
                    + IN_RANGE
                    + " and r.id = ? and (r.reached_at is null or (d.created_at, d.sequence) > (r.reached_at, r.reached_sequence))"
                    + " order by d.created_at, d.sequence limit ?")) {
                int parameter = fill(query, 1, replay.range());
                query.setString(parameter, replay.id());
                query.setInt(parameter + 1, replay.perSecond());
                List<Place> places = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        places.add(new Place(
                                new LoggedDelivery(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5)),
                                instant(row, "created_at").orElseThrow(),
                                row.getLong("sequence")));
                    }
                }
                return places;
            }
        });
    }

    void reached(String id, Place last, Replay.Progress more, Instant nextSliceAt) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                    update replay set sent = sent + ?, skipped_erased = skipped_erased + ?,
                        skipped_not_kept = skipped_not_kept + ?, skipped_under_way = skipped_under_way + ?,
                        reached_at = ?, reached_sequence = ?, next_slice_at = ?, reason = null
                    where id = ?
                    """)) {
                update.setLong(1, more.sent());
                update.setLong(2, more.erased());
                update.setLong(3, more.notKept());
                update.setLong(4, more.underWay());
                update.setObject(5, utc(last.at()));
                update.setLong(6, last.sequence());
                update.setObject(7, utc(nextSliceAt));
                update.setString(8, id);
                return update.executeUpdate();
            }
        });
    }

    void delay(String id, String reason, Instant nextSliceAt) {
        database.inTransaction(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update replay set reason = ?, next_slice_at = ? where id = ?")) {
                update.setString(1, reason);
                update.setObject(2, utc(nextSliceAt));
                update.setString(3, id);
                return update.executeUpdate();
            }
        });
    }

    /** Does nothing to one that has ended. */
    void end(String id, Replay.State state, Optional<String> reason, Instant at) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update replay set state = ?, reason = ?, finished_at = ? where id = ? and state = 'running'")) {
                update.setString(1, state.text());
                update.setString(2, reason.orElse(null));
                update.setObject(3, utc(at));
                update.setString(4, id);
                return update.executeUpdate();
            }
        });
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
