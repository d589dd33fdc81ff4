package tocsin.local.quarantine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PreviewTest {

    @Test
    void showsBytesInRowsOfSixteenUpToACap() {
        // Given
        byte[] bytes = "\u00c3\u0001 event-stream \u001b[31m and more".getBytes(UTF_8);

        // Then
        assertEquals("""
                00000000  c3 83 01 20 65 76 65 6e 74 2d 73 74 72 65 61 6d  ... event-stream
                00000010  20 1b 5b 33                                       .[3
                (11 more bytes)""", String.join("\n", Preview.rows(bytes, 20)));
    }

    @Test
    void disarmsWhatATerminalCouldTakeForACommand() {
        // Given: an escape, a line break, and a right-to-left override
        String hostile = "bad\u001b[2Jname\nnext\u202Egnp.exe";

        // Then
        assertEquals("bad.[2Jname.next.gnp.exe", Preview.line(hostile, 100));
        assertEquals("bad.…", Preview.line(hostile, 4));
    }
}
