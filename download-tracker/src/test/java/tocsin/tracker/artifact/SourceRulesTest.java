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
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;

/** Where a source's paths lie below its host. */
class SourceRulesTest {

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
        // Given
        SourceRules rules =
                new SourceRules(List.of("nexus=/nexus/", "nexus-eu=/repo", "verdaccio=/npm/private"), Set.of());

        // When
        Optional<String> stripped =
                rules.withoutPrefix(source, SourceKind.ofWireName(kind).orElseThrow(), path);

        // Then
        assertEquals(Optional.ofNullable(rest), stripped);
    }

    @Test
    void dropsWhatLiesOutsideOfAConfiguredPrefix() {
        // Given
        SourceRules rules = new SourceRules(List.of("nexus=/nexus"), Set.of());

        // When
        ArtifactOutcome inside = PackagePath.read(
                rules, "eu", SourceKind.NEXUS, "/nexus/repository/npm/@types%2fnode/-/node-22.0.0.tgz");
        ArtifactOutcome outside = PackagePath.read(rules, "eu", SourceKind.NEXUS, "/repository/npm/a/-/a-1.0.0.tgz");

        // Then
        assertEquals(new Download(new Coordinates(PackageKey.parse("npm:@types/node"), "22.0.0")), inside);
        assertEquals(new NotADownload(DropReason.OTHER_REPOSITORY), outside);
    }

    /** An operator may narrow a source to one repository, or tell only where its repositories lie. */
    @ParameterizedTest
    @CsvSource({
        "nexus, /repository/npm-proxy, /repository/npm-proxy/lodash/-/lodash-4.17.21.tgz, 4.17.21",
        "nexus, /nexus/repository/npm-proxy, /nexus/repository/npm-proxy/lodash/-/lodash-4.17.21.tgz, 4.17.21",
        "nexus, /nexus/repository, /nexus/repository/npm-proxy/lodash/-/lodash-4.17.21.tgz, 4.17.21",
        "nexus, /repository/npm-proxy, /repository/npm-internal/lodash/-/lodash-4.17.21.tgz, -",
        "nexus, /repository/npm-proxy, /repository/npm-proxy-2/lodash/-/lodash-4.17.21.tgz, -",
        "artifactory, /artifactory, /artifactory/api/npm/npm-remote/lodash/-/lodash-4.17.21.tgz, 4.17.21",
        "artifactory, /artifactory/api/npm/npm-remote, /artifactory/api/npm/npm-remote/lodash/-/lodash-4.17.21.tgz, 4.17.21",
        "artifactory, /a/artifactory/api, /a/artifactory/api/npm/npm-remote/lodash/-/lodash-4.17.21.tgz, 4.17.21",
        "artifactory, /api/npm/npm-remote, /api/npm/npm-local/lodash/-/lodash-4.17.21.tgz, -",
    })
    void readsAPrefixThatEndsWithinWhatItsKindKnows(String kind, String prefix, String path, String expected) {
        // Given
        SourceRules rules = new SourceRules(List.of(kind + "=" + prefix), Set.of());

        // When
        ArtifactOutcome outcome =
                PackagePath.read(rules, "eu", SourceKind.ofWireName(kind).orElseThrow(), path);

        // Then
        assertEquals(
                expected.equals("-")
                        ? new NotADownload(DropReason.OTHER_REPOSITORY)
                        : new Download(new Coordinates(PackageKey.parse("npm:lodash"), expected)),
                outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "/devpi,           /devpi/mirror/pypi/+f/0ab/55f98ef22f7b6/lodash-4.17.21.tar.gz, 4.17.21",
        "/devpi/mirror,    /devpi/mirror/pypi/+f/0ab/55f98ef22f7b6/lodash-4.17.21.tar.gz, 4.17.21",
        "/devpi/mirror/pypi, /devpi/mirror/pypi/+f/0ab/55f98ef22f7b6/lodash-4.17.21.tar.gz, 4.17.21",
        "/mirror/pypi,       /mirror/pypi/+f/0ab/55f98ef22f7b6/lodash-4.17.21.tar.gz, 4.17.21",
        "/mirror/pypi,       /mirror/pypi/+e/https_mirror.example.org/lodash-4.17.21.tar.gz, 4.17.21",
        "/mirror/pypi,       /acme/dev/+f/0ab/55f98ef22f7b6/lodash-4.17.21.tar.gz, -",
    })
    void readsAPrefixOfDevpiThatEndsWithinUserAndIndex(String prefix, String path, String expected) {
        // Given
        SourceRules rules = new SourceRules(List.of("devpi=" + prefix), Set.of());

        // When
        ArtifactOutcome outcome = PackagePath.read(rules, "eu", SourceKind.DEVPI, path);

        // Then
        assertEquals(
                expected.equals("-")
                        ? new NotADownload(DropReason.OTHER_REPOSITORY)
                        : new Download(new Coordinates(PackageKey.parse("pypi:lodash"), expected)),
                outcome);
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
