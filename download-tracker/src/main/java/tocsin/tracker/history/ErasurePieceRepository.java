package tocsin.tracker.history;

import static tocsin.tracker.history.DownloadPageRepository.time;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;

/**
 * Does the erasures of the table {@code erasure}, a piece at a time and each in its own transaction, in turns: neither a large day nor a large
 * erasure holds up another. Who dies leaves the rest to the others.
 */
final class ErasurePieceRepository {

    /** Rows that are changed at once; a second's work for a slow disk. */
    static final int PIECE = 2_000;
    /** Addresses that are looked at in one statement. */
    private static final int ADDRESSES = 2_000;

    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final String ANONYMISE = "update download d set principal_id = '" + ErasureSubject.ERASED_ID
            + "', principal_name = null, principal_email = null, principal_repository = null from piece p";
    private static final String DELETE = "delete from download d using piece p";

    private final HistoryDatabaseClient database;
    private final Clock clock;
    private final int piece;

    ErasurePieceRepository(HistoryDatabaseClient database, Clock clock, int piece) {
        this.database = database;
        this.clock = clock;
        this.piece = piece;
    }

    /**
     * What one turn came to.
     *
     * @param erasure whose turn it was
     * @param done whether nothing of the subject is left
     */
    record Turn(Erasure erasure, boolean done) {}

    private record Place(Instant fetchedAt, UUID eventId) {
        static final Place BEGINNING = new Place(Instant.EPOCH, new UUID(0, 0));
    }

    /**
     * Where an erasure goes on.
     *
     * @param email that was looked at last
     * @param after its last row that was looked at, or the subject's; empty: the next address, or the day's beginning
     */
    private record Cursor(LocalDate day, String email, Optional<Place> after) {
        static Cursor beginning(LocalDate day) {
            return new Cursor(day, "", Optional.empty());
        }
    }

    /** @param next empty if the day is over */
    private record Moved(int changed, Optional<Cursor> next) {}

    private record Claim(Erasure erasure, Optional<Cursor> cursor) {}

    /** @return empty if nothing is to be erased, or others are at all of it */
    Optional<Turn> turn() throws SQLException {
        return database.inTransaction(connection -> {
            Optional<Claim> claim = claim(connection);
            return claim.isEmpty() ? Optional.empty() : Optional.of(turn(connection, claim.get()));
        });
    }

    private Turn turn(Connection connection, Claim claim) throws SQLException {
        NavigableSet<LocalDate> days = new TreeSet<>(HistoryPartitionRepository.days(connection));
        days.add(HistoryDays.OUTSIDE);
        Optional<Cursor> at = claim.cursor().or(() -> Optional.of(Cursor.beginning(HistoryDays.OUTSIDE)));
        long began = System.nanoTime();
        int changed = 0;
        while (at.isPresent() && changed == 0 && System.nanoTime() - began < LOOK.toNanos()) {
            Cursor from = at.get();
            Moved moved = days.contains(from.day())
                    ? move(connection, claim.erasure(), from)
                    : new Moved(0, Optional.empty());
            changed = moved.changed();
            at = moved.next()
                    .or(() -> Optional.ofNullable(days.higher(from.day())).map(Cursor::beginning));
        }
        save(connection, claim.erasure(), changed, at);
        return new Turn(claim.erasure(), at.isEmpty());
    }

    private static Optional<Claim> claim(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select " + ErasureRepository.SUBJECT + """
                , cursor_day, cursor_email, cursor_fetched_at, cursor_event_id from erasure
                where done_at is null and coalesce(org_id, token_id, email_hash) is not null
                order by looked_at nulls first, requested_at limit 1 for update skip locked
                """);
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            @Nullable LocalDate day = row.getObject(7, LocalDate.class);
            @Nullable OffsetDateTime fetchedAt = row.getObject(9, OffsetDateTime.class);
            return Optional.of(new Claim(
                    ErasureRepository.erasure(row),
                    day == null
                            ? Optional.empty()
                            : Optional.of(new Cursor(
                                    day,
                                    row.getString(8),
                                    fetchedAt == null
                                            ? Optional.empty()
                                            : Optional.of(new Place(
                                                    fetchedAt.toInstant(), row.getObject(10, UUID.class)))))));
        }
    }

    private Moved move(Connection connection, Erasure erasure, Cursor at) throws SQLException {
        return switch (erasure.subject()) {
            case ErasureSubject.OfOrganisation subject ->
                change(
                        connection,
                        ANONYMISE,
                        erasure,
                        at,
                        "audience = ? and principal_id = ?",
                        subject.organisation().text(),
                        subject.principalId());
            case ErasureSubject.OfToken subject ->
                change(
                        connection,
                        DELETE,
                        erasure,
                        at,
                        "audience = ?",
                        subject.token().text());
            case ErasureSubject.OfEmail subject -> moveByAddress(connection, erasure, subject.hash(), at);
        };
    }

    /** Every spelling that hashes to it: lower case is Java's affair, the database's depends on its locale. */
    private Moved moveByAddress(Connection connection, Erasure erasure, String hash, Cursor at) throws SQLException {
        String address = at.email();
        if (at.after().isEmpty()) {
            List<String> next = addresses(connection, at);
            Optional<String> found = next.stream()
                    .filter(each -> RecordKeys.emailRecipient(each).equals(hash))
                    .findFirst();
            if (found.isEmpty()) {
                return new Moved(
                        0,
                        next.size() < ADDRESSES
                                ? Optional.empty()
                                : Optional.of(new Cursor(at.day(), next.getLast(), Optional.empty())));
            }
            address = found.get();
        }
        Moved moved = change(
                connection,
                ANONYMISE,
                erasure,
                new Cursor(at.day(), address, at.after()),
                "principal_email = ?",
                address);
        // When this one is over, others come after it.
        return new Moved(
                moved.changed(), Optional.of(moved.next().orElse(new Cursor(at.day(), address, Optional.empty()))));
    }

    /** Each address once, found by leaps over the index and not by reading every row. */
    private static List<String> addresses(Connection connection, Cursor at) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                with recursive leap as (
                    (select principal_email from download
                        where day = ? and principal_email > ? order by principal_email limit 1)
                    union all
                    select (select d.principal_email from download d
                        where d.day = ? and d.principal_email > l.principal_email order by d.principal_email limit 1)
                    from leap l where l.principal_email is not null
                ) select principal_email from leap where principal_email is not null limit ?
                """)) {
            query.setObject(1, at.day());
            query.setString(2, at.email());
            query.setObject(3, at.day());
            query.setInt(4, ADDRESSES);
            try (ResultSet row = query.executeQuery()) {
                List<String> found = new ArrayList<>();
                while (row.next()) {
                    found.add(row.getString(1));
                }
                return found;
            }
        }
    }

    /** The next rows of the subject in that day; those that are from after the erasure are looked at and stay. */
    private Moved change(Connection connection, String how, Erasure erasure, Cursor at, String whose, String... subject)
            throws SQLException {
        try (PreparedStatement change = connection.prepareStatement("with piece as materialized (select event_id,"
                + " fetched_at, received_at from download where day = ? and " + whose
                + " and (fetched_at, event_id) > (?, ?) order by fetched_at, event_id limit ?), changed as (" + how
                + " where d.day = ? and d.event_id = p.event_id and (p.fetched_at <= ? or p.received_at <= ?)"
                + " returning 1) select fetched_at, event_id, (select count(*) from piece), (select count(*) from changed)"
                + " from piece order by fetched_at desc, event_id desc limit 1")) {
            int next = 1;
            change.setObject(next++, at.day());
            for (String each : subject) {
                change.setString(next++, each);
            }
            Place after = at.after().orElse(Place.BEGINNING);
            change.setObject(next++, time(after.fetchedAt()));
            change.setObject(next++, after.eventId());
            change.setInt(next++, piece);
            change.setObject(next++, at.day());
            OffsetDateTime until = time(erasure.requestedAt());
            change.setObject(next++, until);
            change.setObject(next, until);
            try (ResultSet last = change.executeQuery()) {
                if (!last.next()) {
                    return new Moved(0, Optional.empty());
                }
                Place place =
                        new Place(last.getObject(1, OffsetDateTime.class).toInstant(), last.getObject(2, UUID.class));
                return new Moved(
                        last.getInt(4),
                        last.getInt(3) < piece
                                ? Optional.empty()
                                : Optional.of(new Cursor(at.day(), at.email(), Optional.of(place))));
            }
        }
    }

    /** @param at empty: it is done, and the address that was looked at last is forgotten */
    private void save(Connection connection, Erasure erasure, int changed, Optional<Cursor> at) throws SQLException {
        try (PreparedStatement save = connection.prepareStatement("""
                update erasure set erased_rows = erased_rows + ?, done_at = ?, looked_at = clock_timestamp(),
                    cursor_day = ?, cursor_email = ?, cursor_fetched_at = ?, cursor_event_id = ?
                where erasure_id = ?
                """)) {
            save.setInt(1, changed);
            save.setObject(2, at.isPresent() ? null : time(clock.instant()));
            save.setObject(3, at.map(Cursor::day).orElse(null));
            save.setString(4, at.map(Cursor::email).orElse(null));
            Optional<Place> after = at.flatMap(Cursor::after);
            save.setObject(
                    5,
                    after.map(place -> time(place.fetchedAt())).orElse(null),
                    java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
            save.setObject(6, after.map(Place::eventId).orElse(null));
            save.setString(7, erasure.id());
            save.executeUpdate();
        }
    }

    /** The others have their turns first. */
    void postponeFirst() throws SQLException {
        database.inTransaction(connection -> {
            try (PreparedStatement postpone = connection.prepareStatement("""
                    update erasure set looked_at = clock_timestamp() where erasure_id = (
                        select erasure_id from erasure where done_at is null
                        order by looked_at nulls first, requested_at limit 1 for update skip locked)
                    """)) {
                return postpone.executeUpdate();
            }
        });
    }
}
