package tocsin.dispatcher.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.Samples;

class AliasGroupTest {

    @ParameterizedTest
    @CsvSource({
        "GHSA-1, MAL-1, GHSA-1;MAL-1",
        "GHSA-1, CVE-1, GHSA-1",
        "GHSA-1, CVE-1;MAL-1, GHSA-1;MAL-1",
        "CVE-1, '', CVE-1",
        "CVE-1, GHSA-1, CVE-1;GHSA-1",
        "GHSA-1, GHSA-1, GHSA-1",
    })
    void joinsByItsOwnIdAndByAliasesThatAreNoCve(String id, String aliases, String expected) {
        // Given
        var advisory = Samples.advisory()
                .setAdvisoryId(id)
                .setAliases(aliases.isEmpty() ? List.of() : List.of(aliases.split(";")));
        Match match = Samples.read(Samples.matched("org:acme", advisory, List.of()));

        // When
        Set<String> ids = AliasGroup.of(match.advisory());

        // Then
        assertEquals(Set.of(expected.split(";")), ids);
    }
}
