package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceRulesTest {

    private final SourceRules rules =
            new SourceRules(List.of("nexus=/nexus/", "nexus-eu=/repo", "verdaccio=/npm/private"), Set.of());

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            nexus-us,  nexus,        /nexus/repository/a/b, /repository/a/b
            nexus-us,  nexus,        /nexus,                -
            nexus-us,  nexus,        /nexusx/a,             -
            nexus-us,  nexus,        /other/a,              -
            nexus-eu,  nexus,        /repo/repository/a,    /repository/a
            nexus-eu,  nexus,        /nexus/repository/a,   -
            nexus-eu,  verdaccio,    /repo/a,               /a
            any,       verdaccio,    /npm/private/a/-/a,    /a/-/a
            any,       npm-registry, /npm/private/a,        /npm/private/a
            """)
    void takesOffASourcesOwnPrefixBeforeItsKinds(String source, String kind, String path, String rest) {
        // When
        Optional<String> stripped =
                rules.withoutPrefix(source, SourceKind.ofWireName(kind).orElseThrow(), path);

        // Then
        assertEquals(Optional.ofNullable(rest), stripped);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nexus", "nexus=", "=/a", "nexus=a", "/a"})
    void refusesAPrefixOfAnotherForm(String entry) {
        assertThrows(IllegalArgumentException.class, () -> new SourceRules(List.of(entry), Set.of()));
    }

    @Test
    void refusesTwoPrefixesOfOneName() {
        assertThrows(IllegalArgumentException.class, () -> new SourceRules(List.of("nexus=/a", "nexus=/b"), Set.of()));
    }
}
