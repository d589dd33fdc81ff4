package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackageKeyTest {

    /** PyPI rows: PEP 503, "Normalized Names". npm names are case-sensitive: JSONStream and jsonstream are two packages. */
    @ParameterizedTest
    @CsvSource({
        "NPM,  JSONStream,      npm:JSONStream",
        "NPM,  jsonstream,      npm:jsonstream",
        "NPM,  @types/node,     npm:@types/node",
        "NPM,  a.b_c,           npm:a.b_c",
        "PYPI, zope.interface,  pypi:zope-interface",
        "PYPI, Costrar,         pypi:costrar",
        "PYPI, a__b-.-c,        pypi:a-b-c",
        "PYPI, jw.util,         pypi:jw-util",
    })
    void normalisesByTheRulesOfTheEcosystem(Ecosystem ecosystem, String raw, String text) {
        PackageKey key = new PackageKey(ecosystem, raw);

        assertEquals(text, key.text());
        assertEquals(key, PackageKey.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "left pad", "left\tpad", "left\u0000pad", "left\npad", "left\u2028pad"})
    void refusesNamesThatNoRegistryHas(String name) {
        assertThrows(IllegalArgumentException.class, () -> new PackageKey(Ecosystem.NPM, name));
    }

    /** U+0130 becomes two characters in lower case; a name that grows past the limit could not be read back. */
    @ParameterizedTest
    @ValueSource(strings = {"zope interface", "\u0130stanbul", "a/b", "@scope/x", "a\n"})
    void refusesNamesThatPyPiCannotHave(String name) {
        assertThrows(IllegalArgumentException.class, () -> new PackageKey(Ecosystem.PYPI, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "npm", "cargo:serde", ":x", "npm:"})
    void refusesTextThatIsNoKey(String text) {
        assertThrows(IllegalArgumentException.class, () -> PackageKey.parse(text));
    }
}
