package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PlainTextTest {

    @Test
    void stripsWhatCannotBeSeenOrTurnsTheReadingDirection() {
        // When
        String line = PlainText.oneLine(" a\u0000b\r\nSubject: c\u202Etxt.exe\u200B\u2028 d\uFEFF ");

        // Then
        assertEquals("a b Subject: c txt.exe d", line);
    }

    @Test
    void cutsLongTextWithoutHalvingACharacter() {
        // When / Then
        assertEquals("abcd…", PlainText.oneLine("abcdefgh", 5));
        assertEquals("abc…", PlainText.oneLine("abc\uD83D\uDD14efgh", 5));
        assertEquals("abcde", PlainText.oneLine("abcde", 5));
    }
}
