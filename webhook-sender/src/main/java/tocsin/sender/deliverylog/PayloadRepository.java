package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.parking.PersonalData;
import tocsin.service.database.CopyRows;

/** The table {@code delivery_payload}: what was to be sent, for as long as the log is kept. */
@Singleton
public final class PayloadRepository {

    /** Requests have up to a megabyte. */
    private static final int REWRITTEN_AT_ONCE = 20;

    /** Of a row, beside the request. */
    private static final int USUAL_BYTES = 256;

    /** A hash in hexadecimal, and its length. */
    private static final int SUBJECT_BYTES = 68;

    /** Bytes that are in memory twice meanwhile: many large requests go one after the other, in the same transaction. */
    private static final int COPIED_AT_ONCE = 4 * 1024 * 1024;

    private final DatabaseClient database;
    private final PersonalData personalData;
    private final AttemptRepository attempts;

    PayloadRepository(DatabaseClient database, PersonalData personalData, AttemptRepository attempts) {
        this.database = database;
        this.personalData = personalData;
        this.attempts = attempts;
    }

    /** @param erased whether somebody was taken out of the request */
    @SuppressWarnings("ArrayRecordComponent") // bytes go through as they are; nobody compares these
    record Payload(LoggedDelivery delivery, Instant keptAt, byte[] request, Set<String> subjects, boolean erased) {

        @Override
        public String toString() {
            return "Payload[" + delivery.webhookId() + "]";
        }
    }

    /**
     * What is left of a request.
     *
     * @param request the record's value
     * @param erased whether somebody was taken out of it
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes go through as they are; nobody compares these
    public record KeptRequest(byte[] request, boolean erased) {

        @Override
        public String toString() {
            return "KeptRequest[redacted]";
        }
    }

    void insert(List<Payload> payloads) {
        if (payloads.isEmpty()) {
            return;
        }
        int room = 0;
        List<Payload> together = new ArrayList<>();
        for (Payload payload : payloads) {
            int bytes = room(payload);
            if (!together.isEmpty() && room + bytes > COPIED_AT_ONCE) {
                copy(together, room);
                together.clear();
                room = 0;
            }
            together.add(payload);
            room += bytes;
        }
        copy(together, room);
    }

    private static int room(Payload payload) {
        return payload.request().length + payload.subjects().size() * SUBJECT_BYTES + USUAL_BYTES;
    }

    private void copy(List<Payload> payloads, int room) {
        CopyRows rows = new CopyRows(room);
        for (Payload payload : payloads) {
            rows.row(6)
                    .text(payload.delivery().webhookId())
                    .text(payload.delivery().endpointId())
                    .time(payload.keptAt())
                    .bytea(payload.request())
                    .texts(List.copyOf(payload.subjects()))
                    .bool(payload.erased());
        }
        database.copy("delivery_payload (webhook_id, endpoint_id, kept_at, request, subjects, erased)", rows);
    }

    /** The newest that is kept; empty once that was long ago, and for what was sent before payloads were kept. */
    public Optional<KeptRequest> find(LoggedDelivery delivery) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("""
                select request, erased from delivery_payload
                where webhook_id = ? and endpoint_id = ? order by kept_at desc limit 1
                """)) {
                query.setString(1, delivery.webhookId());
                query.setString(2, delivery.endpointId());
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(new KeptRequest(row.getBytes(1), row.getBoolean(2)))
                            : Optional.empty();
                }
            }
        });
    }

    /**
     * Takes somebody who was erased out of all that is kept, and with them what receivers answered to it; a few at a time, and
     * only what names them is read.
     *
     * @param subject as the key of {@code privacy.erasure}
     * @return how many payloads were changed
     */
    public int forget(String subject) {
        int changed = 0;
        int page;
        Optional<Place> after = Optional.empty();
        do {
            Page read = forgetAfter(after, subject);
            after = read.last();
            page = read.read();
            changed += read.changed();
        } while (page > 0);
        return changed;
    }

    private record Place(OffsetDateTime keptAt, String webhookId, String endpointId) {
        static final Place START = new Place(OffsetDateTime.parse("1970-01-01T00:00:00Z"), "", "");
    }

    private record Page(Optional<Place> last, int read, int changed) {}

    private Page forgetAfter(Optional<Place> after, String subject) {
        return database.inTransaction(connection -> {
            Place from = after.orElse(Place.START);
            Optional<Place> last = Optional.empty();
            int read = 0;
            List<LoggedDelivery> changed = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("""
                select kept_at, webhook_id, endpoint_id, request from delivery_payload
                where subjects @> array[?]::text[] and (kept_at, webhook_id, endpoint_id) > (?, ?, ?)
                order by kept_at, webhook_id, endpoint_id limit ? for update
                """);
                    PreparedStatement update = connection.prepareStatement("""
                        update delivery_payload set request = ?, subjects = ?, erased = true
                        where kept_at = ? and webhook_id = ? and endpoint_id = ?
                        """)) {
                select.setString(1, subject);
                select.setObject(2, from.keptAt());
                select.setString(3, from.webhookId());
                select.setString(4, from.endpointId());
                select.setInt(5, REWRITTEN_AT_ONCE);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        read++;
                        Place place =
                                new Place(row.getObject(1, OffsetDateTime.class), row.getString(2), row.getString(3));
                        last = Optional.of(place);
                        byte[] request = row.getBytes(4);
                        PersonalData.Kept kept = personalData.withoutErased(request);
                        if (!Arrays.equals(request, kept.request())) {
                            rewrite(update, place, kept);
                            changed.add(new LoggedDelivery(place.webhookId(), place.endpointId(), "", "", ""));
                        }
                    }
                }
            }
            attempts.forgetAnswers(changed);
            return new Page(last, read, changed.size());
        });
    }

    private static void rewrite(PreparedStatement update, Place place, PersonalData.Kept kept) throws SQLException {
        update.setBytes(1, kept.request());
        update.setArray(
                2, update.getConnection().createArrayOf("text", kept.subjects().toArray()));
        update.setObject(3, place.keptAt());
        update.setString(4, place.webhookId());
        update.setString(5, place.endpointId());
        update.executeUpdate();
    }
}
