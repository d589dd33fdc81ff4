package tocsin.sender.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tocsin.sender.breaker.BreakerConfig;
import tocsin.sender.database.DatabaseClient;
import tocsin.service.outbox.OutboxRecord;

/** The table {@code parked_delivery}. */
@Singleton
public final class ParkingRepository {

    /** In one go; about what an endpoint has under way at a time. */
    private static final int MOST_OF_ONE_ENDPOINT = 20;

    /**
     * One of them may try it; the others come back here, and what is done for them is done for nothing. More go, after all others, once it has failed for as long as a
     * delivery waits for such an endpoint: among them are those that end.
     */
    private static final int MOST_OF_ONE_THAT_FAILS = 5;

    /** Requests have up to a megabyte. */
    private static final int REWRITTEN_AT_ONCE = 20;

    private final DatabaseClient database;
    private final PersonalData personalData;
    private final BreakerConfig breakerConfig;

    ParkingRepository(DatabaseClient database, PersonalData personalData, BreakerConfig breakerConfig) {
        this.database = database;
        this.personalData = personalData;
        this.breakerConfig = breakerConfig;
    }

    /**
     * Without those who were erased. Each round waits for itself: one that is parked already stays as it is, and of what people asked for again
     * only the last goes on waiting.
     */
    public void park(List<ParkedDelivery> parked) {
        database.inTransaction(connection -> {
            List<PersonalData.Kept> kept = personalData.withoutErased(
                    parked.stream().map(ParkedDelivery::request).toList());
            try (PreparedStatement insert = connection.prepareStatement("""
                insert into parked_delivery
                    (webhook_id, endpoint_id, topic, request, headers, reason, parked_at, not_before, subjects, round)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (webhook_id, endpoint_id, round) do nothing
                """)) {
                for (int i = 0; i < parked.size(); i++) {
                    fill(insert, parked.get(i), kept.get(i));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            dropOvertaken(parked.stream().filter(it -> it.round() > 1).toList());
            return null;
        });
    }

    /** Nobody wants these any more. One that somebody else has in hand ends by itself. */
    private void dropOvertaken(List<ParkedDelivery> parked) {
        if (parked.isEmpty()) {
            return;
        }
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("""
                delete from parked_delivery
                where id in (
                    select p.id from unnest(?::text[], ?::text[], ?::integer[]) k(webhook_id, endpoint_id, round)
                    join parked_delivery p on p.webhook_id = k.webhook_id and p.endpoint_id = k.endpoint_id
                    where p.round between 1 and k.round - 1
                    for update of p skip locked)
                """)) {
                delete.setArray(1, connection.createArrayOf("text", column(parked, ParkedDelivery::webhookId)));
                delete.setArray(2, connection.createArrayOf("text", column(parked, ParkedDelivery::endpointId)));
                delete.setArray(3, connection.createArrayOf("integer", column(parked, ParkedDelivery::round)));
                return delete.executeUpdate();
            }
        });
    }

    private static Object[] column(List<ParkedDelivery> parked, Function<ParkedDelivery, Object> of) {
        return parked.stream().map(of).toArray();
    }

    private static void fill(PreparedStatement insert, ParkedDelivery parked, PersonalData.Kept kept)
            throws SQLException {
        insert.setString(1, parked.webhookId());
        insert.setString(2, parked.endpointId());
        insert.setString(3, parked.topic());
        insert.setBytes(4, kept.request());
        insert.setArray(5, insert.getConnection().createArrayOf("bytea", flat(parked.headers())));
        insert.setString(6, parked.reason());
        insert.setObject(7, parked.parkedAt().atOffset(ZoneOffset.UTC));
        insert.setObject(8, parked.notBefore().atOffset(ZoneOffset.UTC));
        insert.setArray(
                9, insert.getConnection().createArrayOf("text", kept.subjects().toArray()));
        insert.setInt(10, parked.round());
    }

    /**
     * Sends back what may go: of each endpoint the one that has waited longest (or the one that came last, where its owner wants
     * that), then the second of each, and so on, so that one with a great many delays no other. What another instance is sending back is left to it.
     *
     * @param enoughBytes of requests, which are all in memory meanwhile: once there are as many, no further one goes
     * @return how many
     */
    int release(Instant now, int atMost, long enoughBytes) {
        return database.inTransaction(connection -> {
            // A deleted endpoint's go back too: the delivery ends them as failed, visibly. Which endpoints have any
            // is asked of the index, one by one; a plain distinct would read every row. Chance decides among equals:
            // any fixed order would let the first ones keep out the last. The same limit for all endpoints: of one
            // that is no constant the planner expects a tenth of the table.
            try (PreparedStatement delete = connection.prepareStatement("""
                delete from parked_delivery
                where id in (
                    with recursive waiting(endpoint_id) as (
                        select min(endpoint_id) from parked_delivery
                        union all
                        select (select min(p.endpoint_id) from parked_delivery p where p.endpoint_id > w.endpoint_id)
                        from waiting w where w.endpoint_id is not null),
                    numbered as (
                        select first.id, first.bytes, random() as lot,
                            row_number() over (
                                partition by w.endpoint_id order by
                                    first.direction * extract(epoch from first.not_before), first.direction * first.id) as turn,
                            failing.open_until is not null as left_alone,
                            failing.open_until is not null and failing.failing_since > ? as goes_round
                        from waiting w
                        left join webhook_endpoint e on e.id = w.endpoint_id
                        left join endpoint_health failing on failing.endpoint_id = w.endpoint_id
                        cross join lateral (
                            select p.id, p.not_before, octet_length(p.request) as bytes,
                                case when e.newest_first then -1 else 1 end as direction
                            from parked_delivery p
                            where p.id in (
                                (select o.id from parked_delivery o
                                where o.endpoint_id = w.endpoint_id and o.not_before <= ?
                                    and not coalesce(e.newest_first, false)
                                order by o.not_before, o.id limit ?)
                                union all
                                (select n.id from parked_delivery n
                                where n.endpoint_id = w.endpoint_id and n.not_before <= ? and e.newest_first
                                order by n.not_before desc, n.id desc limit ?))
                            for update of p skip locked) first
                        where e.id is null or e.disabled_for is null),
                    due as (
                        select id, bytes, left_alone and turn > ? as yields, turn, lot from numbered
                        where turn <= ? or not goes_round
                        order by yields, turn, lot limit ?)
                    select id from (
                        select id, sum(bytes) over (order by yields, turn, lot rows unbounded preceding) - bytes as before
                        from due
                    ) taken
                    where before < ?)
                returning endpoint_id, topic, request, headers
                """)) {
                delete.setObject(1, now.minus(breakerConfig.patience()).atOffset(ZoneOffset.UTC));
                delete.setObject(2, now.atOffset(ZoneOffset.UTC));
                delete.setInt(3, MOST_OF_ONE_ENDPOINT);
                delete.setObject(4, now.atOffset(ZoneOffset.UTC));
                delete.setInt(5, MOST_OF_ONE_ENDPOINT);
                delete.setInt(6, MOST_OF_ONE_THAT_FAILS);
                delete.setInt(7, MOST_OF_ONE_THAT_FAILS);
                delete.setInt(8, atMost);
                delete.setLong(9, enoughBytes);
                List<OutboxRecord> released = new ArrayList<>();
                try (ResultSet row = delete.executeQuery()) {
                    while (row.next()) {
                        released.add(new OutboxRecord(
                                row.getString(2),
                                row.getString(1).getBytes(UTF_8),
                                row.getBytes(3),
                                headers(row.getArray(4))));
                    }
                }
                released.forEach(database::send);
                return released.size();
            }
        });
    }

    /**
     * Takes somebody who was erased out of all requests that wait, a few at a time; reads only those that name them. One that is
     * being sent back at the same time goes as it is.
     *
     * @param subject as the key of {@code privacy.erasure}
     * @return how many were changed
     */
    public int forget(String subject) {
        int changed = 0;
        long last = 0;
        while (true) {
            Page page = forgetAfter(last, subject);
            changed += page.changed();
            if (page.last() == last) {
                return changed;
            }
            last = page.last();
        }
    }

    private record Page(long last, int changed) {}

    private Page forgetAfter(long after, String subject) {
        return database.inTransaction(connection -> {
            long last = after;
            int changed = 0;
            try (PreparedStatement select = connection.prepareStatement("""
                select id, request from parked_delivery
                where id > ? and (subjects @> array[?]::text[] or subjects is null)
                order by id limit ? for update
                """);
                    PreparedStatement update = connection.prepareStatement(
                            "update parked_delivery set request = coalesce(?, request), subjects = ? where id = ?")) {
                select.setLong(1, after);
                select.setString(2, subject);
                select.setInt(3, REWRITTEN_AT_ONCE);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        last = row.getLong(1);
                        byte[] request = row.getBytes(2);
                        PersonalData.Kept kept = personalData.withoutErased(request);
                        boolean same = Arrays.equals(request, kept.request());
                        // Up to a megabyte that need not be written again.
                        update.setBytes(1, same ? null : kept.request());
                        update.setArray(
                                2,
                                connection.createArrayOf("text", kept.subjects().toArray()));
                        update.setLong(3, last);
                        update.executeUpdate();
                        changed += same ? 0 : 1;
                    }
                }
            }
            return new Page(last, changed);
        });
    }

    private static byte[][] flat(Map<String, byte[]> headers) {
        List<byte[]> flat = new ArrayList<>();
        headers.forEach((name, value) -> {
            flat.add(name.getBytes(UTF_8));
            flat.add(value);
        });
        return flat.toArray(byte[][]::new);
    }

    private static Map<String, byte[]> headers(Array array) throws SQLException {
        byte[][] flat = (byte[][]) array.getArray();
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (int i = 0; i + 1 < flat.length; i += 2) {
            headers.put(new String(flat[i], UTF_8), flat[i + 1]);
        }
        return headers;
    }
}
