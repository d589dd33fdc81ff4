package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {

    @ParameterizedTest
    @CsvSource({
        "abc, 3, abc",
        "abcd, 3, abc",
        "'a\u0000b', 3, 'a\uFFFDb'",
        "'\uD83D\uDE00x', 2, '\uD83D\uDE00'",
        "'\uD83D\uDE00x', 1, ''",
        "'a\uD83D\uDE00', 2, a",
        "'\uDE00\uD83D', 2, '\uFFFD\uFFFD'",
    })
    void keepsWhatADatabaseTakes(String text, int most, String kept) {
        assertEquals(kept, SafeText.of(text, most));
    }

    @Test
    void keepsARowOfBoundedLength() {
        // Given
        List<LoggedHeader> many = IntStream.range(0, 64)
                .mapToObj(i -> new LoggedHeader("h" + i, "v".repeat(8_000)))
                .toList();

        // When
        Wire wire = new Wire(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                many,
                Optional.of("b".repeat(5_000)),
                false);

        // Then
        assertEquals(15, wire.responseHeaders().size());
        assertEquals(4_096, wire.responseBody().orElseThrow().length());
        assertTrue(wire.responseBodyCut());
    }

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
