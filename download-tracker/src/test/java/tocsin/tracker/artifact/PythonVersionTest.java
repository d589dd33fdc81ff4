package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spellings of PEP 440, "Normalization". */
class PythonVersionTest {

    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0.0, true",
        "1, 1.0.0.0, true",
        "1.0, 1.0.1, false",
        "1.10, 1.1, false",
        "10, 1, false",
        "0, 0.0, true",
        "01.002, 1.2, true",
        "1.0-beta1, 1.0b1, true",
        "1.0.beta.1, 1.0B1, true",
        "1.0beta, 1.0b0, true",
        "1.0a1, 1.0b1, false",
        "1.0c1, 1.0rc1, true",
        "1.0.preview3, 1.0rc3, true",
        "1.0-1, 1.0.post1, true",
        "1.0.rev4, 1.0-r4, true",
        "1.0.post, 1.0.post0, true",
        "1.0.post1, 1.0, false",
        "1.0.dev, 1.0dev0, true",
        "1.0.dev1, 1.0, false",
        "v1.0, 1.0, true",
        "0!1.0, 1.0, true",
        "1!1.0, 1.0, false",
        "1.0+ubuntu-1, 1.0+Ubuntu.1, true",
        "1.0+abc, 1.0, false",
        "1.0+abc.01, 1.0+abc.1, true",
        "0.9-horsea, 0.9-horsea, false",
        "1.0-1-1, 1.0.post1-1, false",
    })
    void knowsOneVersionInTwoSpellings(String one, String other, boolean equal) {
        assertEquals(equal, PythonVersion.areEqual(one, other));
        assertEquals(equal, PythonVersion.areEqual(other, one));
    }
}
