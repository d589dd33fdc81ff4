package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import tocsin.testsupport.PostgresServer;

/** A database that a test brings up to date as far as it wants. */
final class MigratedDatabase {

    static final String NAME = "migrated";

    private final DataSource database;

    MigratedDatabase(PostgresServer postgres) {
        postgres.createDatabase(NAME);
        database = postgres.dataSource(NAME);
    }

    Connection connection() throws SQLException {
        return database.getConnection();
    }

    /** Runs the migrations of these versions in their order. */
    void migrate(IntPredicate versions) {
        try (Stream<Path> scripts = Files.list(
                Path.of(Objects.requireNonNull(MigratedDatabase.class.getResource("/db/migration"), "migrations")
                        .toURI()))) {
            scripts.filter(it -> versions.test(version(it)))
                    .sorted(Comparator.comparingInt(MigratedDatabase::version))
                    .forEach(script -> run(read(script)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int version(Path script) {
        String name = script.getFileName().toString();
        return Integer.parseInt(name.substring(1, name.indexOf("__")));
    }

    private static String read(Path script) {
        try {
            return Files.readString(script, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In one transaction. */
    void run(String sql) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> rows(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }
}
