package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerBodyTest {

    @ParameterizedTest(name = "of {0} bytes it keeps {1}, cut {2}, finished {3}")
    @CsvSource({
        "0, 0, false, true",
        "4096, 4096, false, true",
        "4097, 4096, true, true",
        "65535, 4096, true, true",
        "65536, 4096, true, false",
        "1000000, 4096, true, false",
    })
    void keepsTheBeginningAndReadsNoMoreThanIsWorthIt(int bytes, int kept, boolean cut, boolean finished)
            throws IOException {
        // Given
        AnswerBody body = new AnswerBody();

        // When
        body.read(new ByteArrayInputStream("a".repeat(bytes).getBytes(UTF_8)));

        // Then
        assertEquals("a".repeat(kept), body.beginning());
        assertEquals(cut, body.isCut());
        assertEquals(finished, body.isFinished());
    }

    @Test
    void isEmptyWhereThereIsNone() throws IOException {
        // Given
        AnswerBody body = new AnswerBody();

        // When
        body.read(null);

        // Then
        assertEquals("", body.beginning());
        assertEquals(true, body.isFinished());
    }
}
