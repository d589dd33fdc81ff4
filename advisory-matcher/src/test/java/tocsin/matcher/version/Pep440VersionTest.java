package tocsin.matcher.version;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Ecosystem;

class Pep440VersionTest {

    /** PEP 440, "Summary of permitted suffixes and relative ordering", with epochs and local versions. */
    @Test
    void ordersDevPreReleasePostAndLocal() {
        Orders.assertAscending(
                Ecosystem.PYPI,
                List.of(
                        "0.0.1",
                        "1.dev0",
                        "1.0.dev456",
                        "1.0a1",
                        "1.0a2.dev456",
                        "1.0a12.dev456",
                        "1.0a12",
                        "1.0b1.dev456",
                        "1.0b2",
                        "1.0b2.post345.dev456",
                        "1.0b2.post345",
                        "1.0rc1.dev456",
                        "1.0rc1",
                        "1.0",
                        "1.0+abc.5",
                        "1.0+abc.7",
                        "1.0+abc123",
                        "1.0+5",
                        "1.0+123456",
                        "1.0.post456.dev34",
                        "1.0.post456",
                        "1.0.15",
                        "1.1.dev1",
                        "1.1",
                        "1.10",
                        "1!0.1",
                        "1!1.0",
                        "2!0.0.1.post10035392509",
                        "2!0.0.1.post100353925091234567890"));
    }

    @ParameterizedTest
    @CsvSource({
        "1,              1.0.0",
        "1.0.0,          1.0",
        "v1.0,           1.0",
        "1.0ALPHA,       1.0a0",
        "1.0-beta_2,     1.0b2",
        "1.0c1,          1.0rc1",
        "1.0.preview-3,  1.0rc3",
        "1.0-1,          1.0.post1",
        "1.0.post,       1.0.post0",
        "1.0-r4,         1.0.post4",
        "1.0.rev5,       1.0.post5",
        "1.0dev,         1.0.dev0",
        "0!1.0,          1.0",
        "01.02,          1.2",
        "1.0+Ubuntu-1,   1.0+ubuntu.1",
        "1.0+01,         1.0+1",
        "1.0a.1,         1.0a1",
    })
    void readsDifferentSpellingsAsTheSameVersion(String a, String b) {
        Orders.assertEqual(Ecosystem.PYPI, a, b);
    }

    /** What was accepted before PEP 440 comes before all that it accepts, in setuptools' old order. */
    @Test
    void ordersLegacyTextBeforeEverything() {
        Orders.assertAscending(
                Ecosystem.PYPI,
                List.of(
                        "foobar",
                        "0.9-horsea",
                        "1.0-alpha-x",
                        "2.0.0-final",
                        "2012-10-01-snapshot",
                        "0.dev0",
                        "0.0.1"));
    }

    @Test
    void readsAnythingButBlankText() {
        assertTrue(Version.parse(Ecosystem.PYPI, " ").isEmpty());
        assertTrue(Version.parse(Ecosystem.PYPI, "not a version").isPresent());
        assertTrue(Version.parse(Ecosystem.PYPI, "1.".repeat(129)).isEmpty());
    }
}
