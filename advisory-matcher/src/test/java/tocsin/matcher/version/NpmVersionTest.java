package tocsin.matcher.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Ecosystem;

class NpmVersionTest {

    /** SemVer 2.0, section 11, and what npm's own registry holds. */
    @Test
    void ordersPrereleasesBeforeTheReleaseAndNumbersByValue() {
        Orders.assertAscending(
                Ecosystem.NPM,
                List.of(
                        "0.0.0-0",
                        "0.0.0",
                        "0.0.1-security",
                        "0.0.1",
                        "1.0.0-0",
                        "1.0.0-2",
                        "1.0.0-10",
                        "1.0.0--",
                        "1.0.0-0a",
                        "1.0.0-alpha",
                        "1.0.0-alpha.1",
                        "1.0.0-alpha.beta",
                        "1.0.0-beta",
                        "1.0.0-beta.2",
                        "1.0.0-beta.11",
                        "1.0.0-rc.1",
                        "1.0.0",
                        "1.0.1",
                        "1.2.0",
                        "1.10.0",
                        "2.0.0-canary-ff8f88fc-20260915",
                        "2.0.0",
                        "1000.0.0",
                        "8999999999999999.99999999.99999999999",
                        "99999999999999999999999999999.0.0"));
    }

    @ParameterizedTest
    @CsvSource({
        "1.0.0,             1.0.0+build.5",
        "1.0.0+a,           1.0.0+b",
        "1.0.0-rc.1+x,      1.0.0-rc.1",
        "v1.0.0,            1.0.0",
        "'=1.0.0',          1.0.0",
        "'= v1.0.0',        1.0.0",
        "1.0.5beta,         1.0.5-beta",
        "01.002.0003,       1.2.3",
        "1.0.0-007,         1.0.0-7",
        "2,                 2.0.0",
        "2.1,               2.1.0",
    })
    void readsDifferentSpellingsAsTheSameVersion(String a, String b) {
        Orders.assertEqual(Ecosystem.NPM, a, b);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "x", "1.x", "latest", "1.0.0.0", "1..0", "1.0.0-a..b", "1.0.0+", "-1.0.0", "１.0.0"})
    void doesNotReadWhatIsNoVersion(String text) {
        assertTrue(Version.parse(Ecosystem.NPM, text).isEmpty());
    }

    @Test
    void doesNotReadTextLongerThanAnyVersion() {
        assertTrue(Version.parse(Ecosystem.NPM, "1.0.0-" + "a".repeat(250)).isPresent());
        assertTrue(Version.parse(Ecosystem.NPM, "1.0.0-" + "a".repeat(251)).isEmpty());
    }

    @Test
    void hostileTextCostsLittle() {
        List<String> hostile = Stream.of("1.", "1-", "a.", "1.0.0-a", "v", " ")
                .map(part -> part.repeat(300).substring(0, 255) + "!")
                .toList();

        assertEquals(
                0,
                hostile.stream()
                        .filter(text -> Version.parse(Ecosystem.NPM, text).isPresent())
                        .count());
    }
}
