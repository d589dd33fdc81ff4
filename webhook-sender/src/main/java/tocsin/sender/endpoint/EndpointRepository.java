package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.net.URI;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tocsin.sender.database.DatabaseClient;

/** The table {@code webhook_endpoint}. */
@Singleton
final class EndpointRepository {

    private static final String COLUMNS =
            "e.id, e.org_id, e.url, e.description, e.event_types, e.format, e.disabled_for, e.created_at,"
                    + " (select shown from endpoint_sealed s where s.endpoint_id = e.id and s.kind = 'headers'),"
                    + " (select shown[1] from endpoint_sealed s where s.endpoint_id = e.id and s.kind = 'ed25519'),"
                    + " e.thin,"
                    + " (select p.max_per_second from endpoint_pace p where p.endpoint_id = e.id)";

    private final DatabaseClient database;

    EndpointRepository(DatabaseClient database) {
        this.database = database;
    }

    /** Until the end of the transaction nobody else gets this lock: what is counted stays as it was counted. */
    void lockOrganisation(String orgId) {
        database.inTransaction(connection -> {
            try (PreparedStatement lock =
                    connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 0))")) {
                lock.setString(1, "webhook_endpoint of " + orgId);
                lock.execute();
            }
            return null;
        });
    }

    int countOf(String orgId) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select count(*) from webhook_endpoint where org_id = ?")) {
                query.setString(1, orgId);
                try (ResultSet result = query.executeQuery()) {
                    result.next();
                    return result.getInt(1);
                }
            }
        });
    }

    void insert(Endpoint endpoint) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                insert into webhook_endpoint (id, org_id, url, description, event_types, created_at, format, thin)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
                insert.setString(1, endpoint.id());
                insert.setString(2, endpoint.orgId());
                insert.setString(3, endpoint.url().toString());
                insert.setString(4, endpoint.description());
                insert.setArray(
                        5,
                        connection.createArrayOf("text", endpoint.eventTypes().toArray()));
                insert.setObject(6, utc(endpoint.createdAt()));
                insert.setString(7, endpoint.format().text());
                insert.setBoolean(8, endpoint.thin());
                insert.executeUpdate();
            }
            return null;
        });
    }

    Optional<Endpoint> find(String id) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select " + COLUMNS + " from webhook_endpoint e where e.id = ?")) {
                query.setString(1, id);
                return list(query).stream().findFirst();
            }
        });
    }

    /** Those of them that there are. */
    List<Endpoint> find(Collection<String> ids) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select " + COLUMNS + " from webhook_endpoint e where e.id = any (?)")) {
                query.setArray(1, connection.createArrayOf("text", ids.toArray()));
                return list(query);
            }
        });
    }

    /** The oldest first. */
    List<Endpoint> ofOrganisation(String orgId) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select " + COLUMNS + " from webhook_endpoint e where e.org_id = ? order by e.created_at, e.id")) {
                query.setString(1, orgId);
                return list(query);
            }
        });
    }

    /** In the database's order, which is not Java's. */
    List<String> idsAfter(String id, int most) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select id from webhook_endpoint where id > ? order by id limit ?")) {
                query.setString(1, id);
                query.setInt(2, most);
                List<String> ids = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        ids.add(row.getString(1));
                    }
                }
                return ids;
            }
        });
    }

    /** As it is until the end of the transaction. */
    Optional<Endpoint> hold(String id) {
        return change("select " + COLUMNS + " from webhook_endpoint e where e.id = ? for no key update of e", id);
    }

    /** All but what says whether it is enabled. */
    void update(Endpoint endpoint) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update webhook_endpoint set url = ?, description = ?, event_types = ?, format = ?, thin = ?"
                            + " where id = ?")) {
                update.setString(1, endpoint.url().toString());
                update.setString(2, endpoint.description());
                update.setArray(
                        3,
                        connection.createArrayOf("text", endpoint.eventTypes().toArray()));
                update.setString(4, endpoint.format().text());
                update.setBoolean(5, endpoint.thin());
                update.setString(6, endpoint.id());
                return update.executeUpdate();
            }
        });
    }

    /**
     * Does nothing to one that is disabled already, whatever for.
     *
     * @return as it is now; empty if there is none
     */
    Optional<Endpoint> disable(String id, String reason) {
        return change(
                "update webhook_endpoint e set disabled_for = coalesce(e.disabled_for, ?) where e.id = ?"
                        + " returning " + COLUMNS,
                reason,
                id);
    }

    /** @return as it is now; empty if there is none, it leads elsewhere, or is disabled already: whoever did that has told of it */
    Optional<Endpoint> disableAt(String id, URI url, String reason) {
        return change(
                "update webhook_endpoint e set disabled_for = ? where e.id = ? and e.url = ? and e.disabled_for is null"
                        + " returning " + COLUMNS,
                reason,
                id,
                url.toString());
    }

    /** @return whether it leads there; then it does until the end of the transaction */
    boolean holdAt(String id, URI url) {
        return database.inTransaction(connection -> {
            try (PreparedStatement lock = connection.prepareStatement(
                    "select id from webhook_endpoint where id = ? and url = ? for no key update")) {
                lock.setString(1, id);
                lock.setString(2, url.toString());
                try (ResultSet row = lock.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    /** As {@link #disable}, the other way. */
    Optional<Endpoint> enable(String id, boolean newestFirst) {
        return change(
                "update webhook_endpoint e set disabled_for = null, newest_first = " + newestFirst
                        + " where e.id = ? returning " + COLUMNS,
                id);
    }

    private Optional<Endpoint> change(String sql, String... parameters) {
        return database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.length; i++) {
                    update.setString(i + 1, parameters[i]);
                }
                return list(update).stream().findFirst();
            }
        });
    }

    /** @return whether a test message may go to it now; then no other may until that time */
    boolean claimTest(String id, Instant now, Instant until) {
        return database.inTransaction(connection -> {
            try (PreparedStatement claim = connection.prepareStatement("update webhook_endpoint set next_test_at = ?"
                    + " where id = ? and (next_test_at is null or next_test_at <= ?)")) {
                claim.setObject(1, utc(until));
                claim.setString(2, id);
                claim.setObject(3, utc(now));
                return claim.executeUpdate() > 0;
            }
        });
    }

    void releaseTest(String id, Instant next) {
        database.inTransaction(connection -> {
            try (PreparedStatement release =
                    connection.prepareStatement("update webhook_endpoint set next_test_at = ? where id = ?")) {
                release.setObject(1, utc(next));
                release.setString(2, id);
                return release.executeUpdate();
            }
        });
    }

    /** Of another place, or that somebody has mended: they say nothing any more. */
    void forgetFailures(String id) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from endpoint_health where endpoint_id = ?")) {
                delete.setString(1, id);
                return delete.executeUpdate();
            }
        });
    }

    /** With its secrets. @return whether there was one */
    boolean delete(String id) {
        return database.inTransaction(connection -> {
            // First the endpoint, then its failures, then its pace, which goes with it. Whoever attempts a delivery
            // takes
            // them in this order, too; else each would wait for the other.
            try (PreparedStatement lock =
                    connection.prepareStatement("select id from webhook_endpoint where id = ? for update")) {
                lock.setString(1, id);
                lock.execute();
            }
            forgetFailures(id);
            try (PreparedStatement delete = connection.prepareStatement("delete from webhook_endpoint where id = ?")) {
                delete.setString(1, id);
                return delete.executeUpdate() > 0;
            }
        });
    }

    private static List<Endpoint> list(PreparedStatement query) throws SQLException {
        List<Endpoint> endpoints = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                endpoints.add(new Endpoint(
                        row.getString(1),
                        row.getString(2),
                        URI.create(row.getString(3)),
                        row.getString(4),
                        texts(row.getArray(5)),
                        EndpointFormat.of(row.getString(6)).orElseThrow(),
                        row.getBoolean(11),
                        row.getArray(9) == null ? List.of() : texts(row.getArray(9)),
                        Optional.ofNullable(row.getString(10)),
                        Optional.ofNullable(row.getObject(12, Integer.class)),
                        Optional.ofNullable(row.getString(7)),
                        row.getObject(8, OffsetDateTime.class).toInstant()));
            }
        }
        return endpoints;
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
