package tocsin.matcher.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.match.Advisories.advisory;
import static tocsin.matcher.match.Advisories.ranges;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AffectedVersionsTest {

    /** osv-schema, "Evaluation". */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // versions ; ranges ; version ; affected
                "1.0.0 1.0.2 ;                                  ; 1.0.0          ; true",
                "1.0.0 1.0.2 ;                                  ; 1.0.1          ; false",
                "1.0.0       ;                                  ; v1.0.0         ; true",
                "1.0.0       ;                                  ; 1.0.0+build    ; true",
                "odd-version ;                                  ; odd-version    ; true",
                "1.0.0       ; introduced:2.0.0 fixed:3.0.0     ; 1.0.0          ; true",
                "1.0.0       ; introduced:2.0.0 fixed:3.0.0     ; 2.5.0          ; true",
                "1.0.0       ; introduced:2.0.0 fixed:3.0.0     ; 1.5.0          ; false",
                "            ; introduced:0 fixed:2.0.0         ; 0.0.0-0        ; true",
                "            ; introduced:0 fixed:2.0.0         ; 2.0.0-rc.1     ; true",
                "            ; introduced:0 fixed:2.0.0         ; 2.0.0          ; false",
                "            ; introduced:0 fixed:2.0.0         ; odd            ; false",
                "            ; introduced:1.0.0 last:1.1.7      ; 1.1.7          ; true",
                "            ; introduced:1.0.0 last:1.1.7      ; 1.1.8          ; false",
                "            ; introduced:1.0.0 last:1.1.7      ; 1.0.0-beta     ; false",
                "            ; introduced:1.0.0                 ; 99.0.0         ; true",
                "            ; introduced:1.0.0                 ; 0.9.9          ; false",
                "            ; fixed:2.0.0 introduced:1.0.0     ; 1.5.0          ; true",
                "            ; fixed:2.0.0 introduced:1.0.0     ; 2.5.0          ; false",
                "            ; introduced:1.0.0 fixed:1.2.0 introduced:2.0.0 fixed:2.1.0 ; 1.1.0 ; true",
                "            ; introduced:1.0.0 fixed:1.2.0 introduced:2.0.0 fixed:2.1.0 ; 1.5.0 ; false",
                "            ; introduced:1.0.0 fixed:1.2.0 introduced:2.0.0 fixed:2.1.0 ; 2.0.5 ; true",
                "            ; introduced:1.0.0 fixed:2.0.0 introduced:2.0.0 fixed:3.0.0 ; 2.5.0 ; true",
                "            ; introduced:1.0.0 fixed:1.0.0                              ; 1.0.0 ; false",
                "            ; introduced:1.0.0 fixed:1.0.0                              ; 1.1.0 ; false",
                "            ; fixed:1.0.0 introduced:1.0.0                              ; 1.0.0 ; false",
                "            ; fixed:1.0.0 introduced:1.0.0                              ; 1.1.0 ; false",
                "            ; introduced:2.0.0 fixed:3.0.0 introduced:1.0.0 fixed:2.0.0 ; 2.0.0 ; true",
                "            ; introduced:1.0.0 last:1.0.0                               ; 1.0.0 ; true",
                "            ; introduced:1.0.0 last:1.0.0                               ; 1.1.0 ; false",
                "            ; last:1.0.0 introduced:1.0.0                               ; 1.0.0 ; true",
                "            ; last:1.0.0 introduced:1.0.0                               ; 1.1.0 ; false",
                "            ; introduced:1.0.0 last:2.0.0 introduced:2.0.0 last:3.0.0   ; 2.5.0 ; true",
                "            ; introduced:2.0.0 last:3.0.0 introduced:1.0.0 last:2.0.0   ; 2.5.0 ; true",
                "            ; introduced:2.0.0 last:3.0.0 introduced:1.0.0 last:2.0.0   ; 3.1.0 ; false",
                "            ; introduced:1.0.0 fixed:1.2.0 | introduced:2.0.0           ; 1.5.0 ; false",
                "            ; introduced:1.0.0 fixed:1.2.0 | introduced:2.0.0           ; 2.5.0 ; true",
                "            ; introduced:0 limit:2.0.0         ; 1.0.0          ; true",
                "            ; introduced:0 limit:2.0.0         ; 2.0.0          ; false",
                "            ; introduced:0 limit:2.0.0 limit:* ; 3.0.0          ; true",
                "            ; introduced:0 limit:1.0.0 limit:2.0.0 ; 1.5.0      ; true",
                "            ; introduced:1.15.0                ; 1.15.999999999999 ; true",
                "            ; introduced:2147483648.0.0        ; 2147483647.0.0 ; false",
            })
    void npm(String versions, String ranges, String version, boolean affected) {
        assertEquals(affected, affected("npm", versions, ranges).contains(version));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1.0         ;                                  ; 1.0.0          ; true",
                "1.0         ;                                  ; 1.0+cu118      ; false",
                "2.0.0-final ;                                  ; 2.0.0-final    ; true",
                "            ; introduced:4.0 fixed:4.3 introduced:5.0 fixed:5.2 ; 5.1 ; true",
                "            ; introduced:4.0 fixed:4.3 introduced:5.0 fixed:5.2 ; 4.10 ; false",
                "            ; introduced:0 fixed:1.0           ; 1.0rc1         ; true",
                "            ; introduced:0 fixed:1.0           ; 1.0.post1      ; false",
                "            ; introduced:1.0 last:1.0          ; 1.0.post1      ; false",
                "            ; introduced:0 fixed:1.0           ; 1!0.1          ; false",
                "            ; introduced:0 fixed:1.0           ; 0.9-horsea     ; true",
                "            ; introduced:1.0                   ; 2.0.0-final    ; false",
            })
    void pypi(String versions, String ranges, String version, boolean affected) {
        assertEquals(affected, affected("pypi", versions, ranges).contains(version));
    }

    @Test
    void allVersionsAreAffectedEvenOneThatCannotBeOrdered() {
        AffectedVersions all =
                AffectedVersions.of(advisory().setAllVersions(true).build());

        assertTrue(all.contains("not a version"));
    }

    @Test
    void aPlaceholderOfNpmIsNeverAffected() {
        AffectedVersions all =
                AffectedVersions.of(advisory().setAllVersions(true).build());
        assertFalse(all.contains("0.0.1-security"));
        assertFalse(all.contains("v0.0.1-security"));
        assertFalse(all.contains("0.0.1-security+build"));
        assertTrue(all.contains("0.0.1-security.1"));
        assertTrue(AffectedVersions.of(
                        advisory().setEcosystem("pypi").setAllVersions(true).build())
                .contains("0.0.1-security"));
    }

    @Test
    void nothingIsAffectedWhereNothingIsNamed() {
        assertFalse(AffectedVersions.of(advisory().build()).contains("1.0.0"));
    }

    @Test
    void nothingIsAffectedOnceNarrowed() {
        assertFalse(AffectedVersions.of(
                        advisory().setNarrowed(true).setAllVersions(true).build())
                .contains("1.0.0"));
    }

    @Test
    void aBorderThatIsNoVersionIsAnError() {
        assertThrows(
                IllegalArgumentException.class,
                () -> AffectedVersions.of(
                        advisory().setRanges(ranges("introduced:nonsense")).build()));
    }

    private static AffectedVersions affected(String ecosystem, String versions, String ranges) {
        List<String> listed = versions == null
                ? List.of()
                : Stream.of(versions.split(" ")).filter(v -> !v.isBlank()).toList();
        return AffectedVersions.of(advisory()
                .setEcosystem(ecosystem)
                .setVersions(listed)
                .setRanges(ranges == null ? List.of() : ranges(ranges))
                .build());
    }
}
