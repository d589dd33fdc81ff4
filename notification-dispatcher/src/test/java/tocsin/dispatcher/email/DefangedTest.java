package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefangedTest {

    @ParameterizedTest
    @CsvSource({
        "Sends data to https://evil.example.com/x?y=1, Sends data to https[:]//evil[.]example[.]com/x?y=1",
        "see HTTP://EVIL.EXAMPLE.COM, see HTTP[:]//EVIL[.]EXAMPLE[.]COM",
        "javascript:alert(1), javascript[:]alert(1)",
        "mail a@evil.example.com, mail a@evil[.]example[.]com",
        "version 1.2.3 is fixed. Upgrade., version 1.2.3 is fixed. Upgrade.",
        "[click](ftp://evil.example.com), [click](ftp[:]//evil[.]example[.]com)",
    })
    void leavesNothingToClick(String hostile, String shown) {
        // When / Then
        assertEquals(shown, Defanged.of(hostile, 500));
    }
}
