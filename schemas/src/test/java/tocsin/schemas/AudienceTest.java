package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudienceTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org:org_1",
                "org:a.b-c",
                "token:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
            })
    void readsWhatItWrites(String text) {
        assertEquals(text, Audience.parse(text).text());
    }

    /** A raw token must not pass for a token id. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "org:",
                "org:a b",
                "org:a\nb",
                "team:x",
                "token:tg_anon_secret",
                "token:9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08"
            })
    void refusesTheRest(String text) {
        assertThrows(IllegalArgumentException.class, () -> Audience.parse(text));
    }
}
