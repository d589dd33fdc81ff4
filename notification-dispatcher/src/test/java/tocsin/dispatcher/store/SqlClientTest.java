package tocsin.dispatcher.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;

class SqlClientTest {

    private final SqlClient sql = RunningDispatcher.shared().bean(SqlClient.class);

    @Test
    void givesRowsBeforeTheLastOfThemIsThere() {
        // Given a result whose last row cannot be made
        List<Integer> seen = new ArrayList<>();
        String query = "select 1000 / (1000 - n) from generate_series(1, ?) as n";

        // When
        assertThrows(RuntimeException.class, () -> sql.each(query, row -> seen.add(row.getInt(1)), 1000));

        // Then
        assertEquals(980, seen.size());
    }

    @Test
    void takesOtherStatementsBetweenTwoRows() {
        // Given
        List<Integer> seen = new ArrayList<>();

        // When
        sql.each(
                "select n from generate_series(1, 50) as n where n < ?",
                row -> seen.addAll(sql.query("select ? + 1", other -> other.getInt(1), row.getInt(1))),
                50);

        // Then
        assertEquals(49, seen.size());
        assertEquals(50, seen.getLast());
    }
}
