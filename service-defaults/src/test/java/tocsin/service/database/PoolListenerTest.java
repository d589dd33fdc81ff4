package tocsin.service.database;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.jdbc.DataSourceResolver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import tocsin.service.sample.SampleService;
import tocsin.testsupport.PostgresServer;

class PoolListenerTest {

    @Test
    void givesErrorsThatDoNotQuoteTheRow() throws SQLException {
        try (PostgresServer postgres = PostgresServer.start();
                SampleService service = SampleService.start(Map.of(
                        "datasources.default.url", postgres.jdbcUrl(),
                        "datasources.default.username", postgres.username(),
                        "datasources.default.password", postgres.password(),
                        "tocsin.database.schema", "sample"));
                Connection connection = service.bean(DataSourceResolver.class)
                        .resolve(service.bean(DataSource.class))
                        .getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into thing (id) values (?)")) {
            // Given a row
            insert.setString(1, "ann@example.org");
            insert.executeUpdate();
            // When one like it is refused, alone and in a batch
            SQLException alone = assertThrows(SQLException.class, insert::executeUpdate);
            insert.addBatch();
            SQLException inBatch = assertThrows(SQLException.class, insert::executeBatch);
            // Then what would be logged says what rule was broken and not by whom
            for (String trace : new String[] {trace(alone), trace(inBatch)}) {
                assertTrue(trace.contains("thing_pkey"), trace);
                assertFalse(trace.contains("ann"), trace);
            }
        }
    }

    private static String trace(SQLException e) {
        StringWriter trace = new StringWriter();
        for (Throwable each : e) {
            each.printStackTrace(new PrintWriter(trace, true));
        }
        return trace.toString();
    }
}
