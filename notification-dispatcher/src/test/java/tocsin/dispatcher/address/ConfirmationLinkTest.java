package tocsin.dispatcher.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmationLinkTest {

    private static final String NONCE = "abcdefghijklmnopqrstuvwxyz-_2345";

    private final ConfirmationLink link = new ConfirmationLink(NONCE, Instant.parse("2026-04-19T10:00:00Z"));

    @Test
    void readsWhatItWrote() {
        // When / Then
        assertEquals(Optional.of(link), ConfirmationLink.ofText(link.text()));
    }

    @Test
    void takesOneOfBeforeForAsLongAsItsRowSays() {
        // When / Then
        assertEquals(Optional.of(new ConfirmationLink(NONCE, Instant.MAX)), ConfirmationLink.ofText(NONCE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", NONCE + "x", NONCE + "-1", NONCE + "123456789012"})
    void refusesWhatIsNone(String text) {
        // When / Then
        assertEquals(Optional.empty(), ConfirmationLink.ofText(text));
    }

    @Test
    void findsItsOwnInAMail() {
        // Given
        String mail = "open https://tocsin.example.com/email-confirmations/" + link.text() + ".signature\nand press";

        // When / Then
        assertEquals(Optional.of(link), ConfirmationLink.in(mail, NONCE));
        assertEquals(Optional.empty(), ConfirmationLink.in(mail, "b".repeat(32)));
    }
}
