package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogCursorTest {

    @Test
    void takesOnlyCursorsOfItsOwn() {
        // Given
        LogCursor cursor = new LogCursor(Instant.parse("2026-04-17T12:00:00.123456Z"), 42);

        // Then
        assertEquals(Optional.of(cursor), LogCursor.of(cursor.text()));
        for (String bad :
                List.of("", "-", "a", "a-", "-a", "!-a", "--a", "zzzzzzzzzzzzzzzzzzzz-1", "1-" + "z".repeat(99))) {
            assertFalse(LogCursor.of(bad).isPresent(), bad);
        }
    }
}
