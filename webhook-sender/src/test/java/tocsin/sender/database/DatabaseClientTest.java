package tocsin.sender.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.sender.SenderService;

class DatabaseClientTest {

    private final DatabaseClient database = SenderService.shared().part(DatabaseClient.class);

    /** States of PostgreSQL's manual, appendix A; none where the pool has no connection to give. */
    @ParameterizedTest
    @CsvSource({
        ", true",
        "08006, true",
        "25006, true",
        "25P02, false",
        "28000, true",
        "28P01, true",
        "3D000, true",
        "53300, true",
        "57P03, true",
        "58030, true",
        "XX000, true",
        "23505, false",
        "40001, false",
        "42P01, false"
    })
    void tellsAnOutageFromAStatementThatFails(@Nullable String sqlState, boolean isOutage) {
        DatabaseException thrown = assertThrows(
                DatabaseException.class,
                () -> database.inTransaction(_ -> {
                    throw new SQLException("refused", sqlState);
                }));

        assertEquals(isOutage, thrown.isOutage());
    }
}
