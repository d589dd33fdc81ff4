package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
