package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.RecordKeys;

class KeptAddressesTest {

    @ParameterizedTest
    @CsvSource({
        "a@example.com, a@example.com, true",
        "a&b@example.com, a&b@example.com, true",
        "{\"a/b=c@example.com\":1}, a/b=c@example.com, true",
        "user=a@example.com, a@example.com, true",
        "a\\u0040example.com, a@example.com, true",
        "a[.]b@example[.]com, a.b@example.com, true",
        // A length of 16 bits, as some messages have it, looks like any letter.
        "xa@example.com, a@example.com, true",
        "not-a@example.com, a@example.com, false",
        "a@example.com, b@example.com, false",
    })
    void findsWhateverMayBeAnAddress(String text, String address, boolean found) {
        // When
        List<String> named = KeptAddresses.in(text.getBytes(UTF_8)).toList();

        // Then
        assertEquals(found, named.contains(RecordKeys.emailRecipient(address)));
    }
}
