package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"", "verdaccio-eu", "\u0000", "\u007F\u0080", "\u07FF\u0800", "é", "依存", "\uD83D\uDD14", "\uD83D"
            })
    void writesTextAsTheStandardDoes(String text) throws IOException {
        // Given
        ByteArrayOutputStream standard = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(standard);
        out.writeUTF(text);
        out.writeInt(-2);
        out.writeLong(Long.MIN_VALUE + 7);
        out.writeBoolean(true);
        out.writeBoolean(false);

        // When
        Facts facts = new Facts()
                .text(text)
                .number(-2)
                .number(Long.MIN_VALUE + 7)
                .flag(true)
                .flag(false);

        // Then
        assertArrayEquals(standard.toByteArray(), facts.written());
    }

    @Test
    void growsWithWhatItHolds() throws IOException {
        // Given
        String longest = "a".repeat(65_535);
        ByteArrayOutputStream standard = new ByteArrayOutputStream();
        new DataOutputStream(standard).writeUTF(longest);

        // Then
        assertArrayEquals(standard.toByteArray(), new Facts().text(longest).written());
        assertThrows(IllegalArgumentException.class, () -> new Facts().text(longest + "a"));
    }

    @Test
    void isAsNewAfterEachUse() throws NoSuchAlgorithmException {
        // Given
        Facts facts = new Facts();
        facts.text("before").hash();

        // When
        assertThrows(IllegalArgumentException.class, () -> facts.text("left").text("a".repeat(65_536)));
        byte[] hash = facts.again().flag(true).hash();

        // Then
        assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(new byte[] {1}), hash);
        assertEquals(0, facts.written().length);
    }
}
