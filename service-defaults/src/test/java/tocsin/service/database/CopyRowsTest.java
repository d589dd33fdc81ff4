package tocsin.service.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import tocsin.testsupport.PostgresServer;

class CopyRowsTest {

    private static final Instant BEFORE_2000 = Instant.parse("1969-12-31T23:59:59.999999Z");

    @Test
    void isReadAsWhatWasWritten() throws SQLException, IOException {
        // Given
        String text = "a\tb\n\\.\u00e9\ud83d\ude00";
        CopyRows rows = new CopyRows(1)
                .row(10)
                .text(text)
                .bytea(text.getBytes(UTF_8))
                .integer(Integer.MIN_VALUE)
                .bigint(Long.MAX_VALUE)
                .bool(true)
                .time(Instant.parse("2026-04-17T12:00:00.123456789Z"))
                .texts(List.of("", text, "null"))
                .text(Optional.of("there"))
                .date(LocalDate.parse("2026-04-17"))
                .uuid(UUID.fromString("0b8e5a7c-51f2-5c8f-9a55-3f1d60c0e5a1"))
                .row(10)
                .text("")
                .bytea(new byte[0])
                .integer(Optional.empty())
                .bigint(-1)
                .bool(false)
                .time(BEFORE_2000)
                .texts(List.of())
                .text(Optional.empty())
                .date(LocalDate.parse("1999-12-31"))
                .uuid(new UUID(0, 0));

        // When
        List<List<String>> read = copied(rows);

        // Then
        assertEquals(
                List.of(
                        List.of(
                                text,
                                text,
                                "-2147483648",
                                "9223372036854775807",
                                "t",
                                "2026-04-17 12:00:00.123456+00",
                                "3: /" + text + "/null",
                                "there",
                                "2026-04-17",
                                "0b8e5a7c-51f2-5c8f-9a55-3f1d60c0e5a1"),
                        List.of(
                                "",
                                "",
                                "none",
                                "-1",
                                "f",
                                "1969-12-31 23:59:59.999999+00",
                                "0: ",
                                "none",
                                "1999-12-31",
                                "00000000-0000-0000-0000-000000000000")),
                read);
    }

    private static List<List<String>> copied(CopyRows rows) throws SQLException, IOException {
        try (PostgresServer postgres = PostgresServer.start();
                Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("set time zone 'UTC'");
            statement.execute("create temporary table sample (number int generated always as identity, a text, b bytea,"
                    + " c integer, d bigint, e boolean, f timestamptz, g text[], h text, i date, j uuid)");
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "copy sample (a, b, c, d, e, f, g, h, i, j) from stdin with (format binary)",
                            rows.finished());
            List<List<String>> read = new ArrayList<>();
            try (ResultSet row =
                    statement.executeQuery("select a, convert_from(b, 'UTF8'), coalesce(c::text, 'none'), d::text,"
                            + " e, f::text, cardinality(g) || ': ' || array_to_string(g, '/'), coalesce(h, 'none'), i::text, j::text"
                            + " from sample order by number")) {
                while (row.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= 10; i++) {
                        values.add(row.getString(i));
                    }
                    read.add(values);
                }
            }
            return read;
        }
    }
}
