package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmailAddressTest {

    @ParameterizedTest
    @CsvSource({
        "a@example.com, true",
        "first.last+tag@mail.example.org, true",
        "a@localhost, false",
        "a@@example.com, false",
        "'a b@example.com', false",
        "'\"a b\"@example.com', false",
        "'a@example.com,b@example.com', false",
        "'Ada <a@example.com>', false",
        "a..b@example.com, false",
        ".a@example.com, false",
        "a@-example.com, false",
        "@example.com, false",
        "'', false",
    })
    void takesPlainAddressesOnly(String address, boolean valid) {
        // When / Then
        assertEquals(valid, EmailAddress.isValid(address));
        assertEquals(false, EmailAddress.isValid(address + "\r\nBcc: b@example.com"));
    }
}
