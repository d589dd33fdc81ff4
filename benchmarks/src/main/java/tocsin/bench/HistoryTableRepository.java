package tocsin.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import tocsin.testsupport.PostgresServer;

/** The tracker's own table {@code download}: taken out in files, and brought back by the barest COPY there is. */
final class HistoryTableRepository implements AutoCloseable {

    /** As large as PostgreSQL's messages get before they cost more than they save. */
    private static final int SENT_TOGETHER = 64 * 1024;

    private final Connection connection;
    private final CopyManager copy;

    HistoryTableRepository(PostgresServer postgres) {
        try {
            connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password());
            copy = connection.unwrap(PGConnection.class).getCopyAPI();
        } catch (SQLException e) {
            throw failed(e);
        }
        execute("set search_path = download_tracker");
    }

    long rows() {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from download")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Writes rows in the order in which they came into their partition, in the format that PostgreSQL reads fastest. */
    void take(long after, long rows, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            copy.copyOut(
                    "copy (select * from download order by tableoid, ctid offset " + after + " limit " + rows
                            + ") to stdout with (format binary)",
                    out);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** In one statement and one transaction. @return how many rows there were */
    long bring(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return copy.copyIn("copy download from stdin with (format binary)", in, SENT_TOGETHER);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Leaves nothing to do for whoever comes next. */
    void empty() {
        execute("truncate download");
        execute("checkpoint");
    }

    private void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(SQLException e) {
        return new IllegalStateException("PostgreSQL does not do as it is asked", e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
