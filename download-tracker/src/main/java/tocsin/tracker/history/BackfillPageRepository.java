package tocsin.tracker.history;

import static tocsin.tracker.history.DownloadPageRepository.time;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Audience;

/**
 * Does backfills a page at a time, the oldest of them first that is not in trouble. A page is read, published and left behind by the cursor in one transaction that holds
 * the backfill's row: no other instance works on it meanwhile, and whoever dies leaves the row to the others with the cursor before the page.
 */
final class BackfillPageRepository {

    private static final Logger LOG = LoggerFactory.getLogger(BackfillPageRepository.class);

    /** Those in trouble stand behind the others until their next try. */
    private static final String NEXT = "(select backfill_id from backfill where state = 'running'"
            + " order by trouble is not null and not_before > clock_timestamp(), requested_at, backfill_id limit 1)";
    /** Before any that an event has. */
    private static final UUID LOWEST = new UUID(0, 0);

    private final HistoryDatabaseClient database;

    BackfillPageRepository(HistoryDatabaseClient database) {
        this.database = database;
    }

    /** Returns when the brokers have all of them. */
    @FunctionalInterface
    interface Sending {
        void send(List<HistoryRow> rows);
    }

    /** A page that could not be read, published or left behind; it comes again. */
    static final class PageFailedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final UUID backfill;

        PageFailedException(UUID backfill, Exception cause) {
            super(cause);
            this.backfill = backfill;
        }

        UUID backfill() {
            return backfill;
        }
    }

    /**
     * What one look came to.
     *
     * @param rows that were published
     * @param pause until there may be more to do; zero: at once; empty: nothing is asked for
     * @param done the backfill that this look ended
     */
    record Step(int rows, Optional<Duration> pause, Optional<Backfill> done) {}

    private record Place(LocalDate day, Instant fetchedAt, UUID eventId) {}

    private record Claim(Backfill backfill, Optional<Place> after, Instant now, Duration early) {}

    /** @param looked rows that were read, whether they are asked for or not */
    private record Page(List<HistoryRow> rows, int looked, int unreadable, Place last) {}

    /**
     * Publishes the next page, if it is time for it and nobody else is at it.
     *
     * @throws PageFailedException if it is known whose page it was
     */
    Step step(Sending sending) throws SQLException {
        return database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                // An instance that vanishes without a word keeps the row this long.
                statement.execute("set local idle_in_transaction_session_timeout = '60s'");
            }
            Optional<Claim> claim = claim(connection);
            if (claim.isEmpty()) {
                return new Step(0, Optional.empty(), Optional.empty());
            }
            return claim.get().early().isPositive()
                    ? new Step(0, Optional.of(claim.get().early()), Optional.empty())
                    : publishOrTell(connection, claim.get(), sending);
        });
    }

    private static Step publishOrTell(Connection connection, Claim claim, Sending sending) {
        try {
            return publish(connection, claim, sending);
        } catch (SQLException | RuntimeException e) {
            throw new PageFailedException(claim.backfill().id(), e);
        }
    }

    private static Step publish(Connection connection, Claim claim, Sending sending) throws SQLException {
        // Held until the brokers have the page: no erasure is remembered between what is read here and what is sent.
        List<Erasure> standing = ErasureRepository.standing(connection);
        Optional<Page> page = read(connection, claim);
        if (page.isEmpty()) {
            BackfillRepository.end(connection, claim.backfill().id(), Backfill.State.DONE);
            return new Step(0, Optional.of(Duration.ZERO), Optional.of(claim.backfill()));
        }
        List<HistoryRow> rows = page.get().rows().stream()
                .flatMap(row -> Erasure.applied(standing, row).stream())
                .toList();
        sending.send(rows);
        moveOn(connection, claim, page.get(), rows.size());
        return new Step(rows.size(), Optional.of(Duration.ZERO), Optional.empty());
    }

    /** @return empty if none is running, or somebody else holds it */
    private static Optional<Claim> claim(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select " + BackfillRepository.COLUMNS
                        + ", cursor_fetched_at, cursor_event_id, clock_timestamp(), not_before from backfill"
                        + " where state = 'running' and backfill_id = " + NEXT + " for update skip locked");
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            @Nullable LocalDate day = row.getObject(7, LocalDate.class);
            Instant now = row.getObject(10, OffsetDateTime.class).toInstant();
            return Optional.of(new Claim(
                    BackfillRepository.backfill(row),
                    day == null
                            ? Optional.empty()
                            : Optional.of(new Place(
                                    day,
                                    row.getObject(8, OffsetDateTime.class).toInstant(),
                                    row.getObject(9, UUID.class))),
                    now,
                    Duration.between(
                            now, row.getObject(11, OffsetDateTime.class).toInstant())));
        }
    }

    /** @return empty behind the last day */
    private static Optional<Page> read(Connection connection, Claim claim) throws SQLException {
        LocalDate at = claim.after().map(Place::day).orElse(HistoryDays.OUTSIDE);
        Place start = new Place(at, Instant.EPOCH, LOWEST);
        for (LocalDate day : BackfillRepository.days(claim.backfill(), HistoryPartitionRepository.days(connection))
                .tailSet(at)) {
            Place after = claim.after().filter(place -> place.day().equals(day)).orElse(start);
            Optional<Page> page = read(connection, claim.backfill(), day, after);
            if (page.isPresent()) {
                return page;
            }
        }
        return Optional.empty();
    }

    /** In the order of an index, and never more than a page, whether it is asked for or not: no statement takes long. */
    private static Optional<Page> read(Connection connection, Backfill backfill, LocalDate day, Place after)
            throws SQLException {
        Optional<Audience.Organisation> organisation = backfill.organisation();
        String sql = "select " + DownloadPageRepository.COLUMNS + " from download where day = ?"
                + (organisation.isPresent()
                        ? " and audience = ? and (fetched_at, event_id) > (?, ?) and fetched_at < ?"
                                + " order by fetched_at, event_id limit ?"
                        : " and event_id > ? order by event_id limit ?");
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            int next = 1;
            query.setObject(next++, day);
            if (organisation.isPresent()) {
                Instant from = after.fetchedAt().isBefore(backfill.since())
                        ? backfill.since().minusMillis(1)
                        : after.fetchedAt();
                query.setString(next++, organisation.get().text());
                query.setObject(next++, time(from));
            }
            query.setObject(next++, after.eventId());
            if (organisation.isPresent()) {
                query.setObject(next++, time(backfill.until()));
            }
            query.setInt(next, backfill.page());
            try (ResultSet row = query.executeQuery()) {
                List<HistoryRow> rows = new ArrayList<>();
                int looked = 0;
                int unreadable = 0;
                @Nullable Place last = null;
                while (row.next()) {
                    looked++;
                    Instant fetchedAt = row.getObject(2, OffsetDateTime.class).toInstant();
                    last = new Place(day, fetchedAt, row.getObject(1, UUID.class));
                    if (fetchedAt.isBefore(backfill.since()) || !fetchedAt.isBefore(backfill.until())) {
                        continue;
                    }
                    try {
                        rows.add(DownloadPageRepository.row(row));
                    } catch (RuntimeException e) {
                        // Such as of a later release. The others must not wait for it.
                        unreadable++;
                        LOG.atError()
                                .setCause(e)
                                .addKeyValue("eventId", last.eventId())
                                .log("backfill.row-unreadable");
                    }
                }
                return last == null ? Optional.empty() : Optional.of(new Page(rows, looked, unreadable, last));
            }
        }
    }

    private static void moveOn(Connection connection, Claim claim, Page page, int published) throws SQLException {
        try (PreparedStatement move = connection.prepareStatement("""
                update backfill set cursor_day = ?, cursor_fetched_at = ?, cursor_event_id = ?, not_before = ?,
                    published_rows = published_rows + ?, unreadable_rows = unreadable_rows + ?, trouble = null, failures = 0
                where backfill_id = ?
                """)) {
            move.setObject(1, page.last().day());
            move.setObject(2, time(page.last().fetchedAt()));
            move.setObject(3, page.last().eventId());
            move.setObject(4, time(claim.now().plusNanos(claim.backfill().nanosOf(page.looked(), published))));
            move.setInt(5, published);
            move.setInt(6, page.unreadable());
            move.setObject(7, claim.backfill().id());
            move.executeUpdate();
        }
    }

    /** It cannot go on now: whoever asks is told, the others go on, and its next try is in some seconds, later each time, at most in a minute. */
    void troubled(UUID backfill, String why) throws SQLException {
        database.inTransaction(connection -> {
            try (PreparedStatement tell = connection.prepareStatement("""
                    update backfill set trouble = ?, failures = failures + 1,
                        not_before = clock_timestamp() + least(60, 3 * 2 ^ least(failures, 10)) * interval '1 second'
                    where backfill_id = ? and state = 'running'
                    """)) {
                tell.setString(1, why);
                tell.setObject(2, backfill);
                return tell.executeUpdate();
            }
        });
    }
}
