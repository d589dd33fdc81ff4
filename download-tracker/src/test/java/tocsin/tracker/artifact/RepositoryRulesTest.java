package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/** Which repositories of a source are read. */
class RepositoryRulesTest {

    private static final String NPM = "/a/-/a-1.0.0.tgz";

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(textBlock = """
            eu, nexus,       /repository/raw/tools/win/foo-1.0.zip,              unknown,  nothing said of it
            eu, nexus,       /repository/raw-hosted/tools/win/foo-1.0.zip,       dropped,  foreign by its source
            us, nexus,       /repository/raw-hosted/tools/win/foo-1.0.zip,       unknown,  another source's
            us, artifactory, /artifactory/generic-local/foo-1.0.zip,             dropped,  foreign by its kind
            us, artifactory, /generic-local/foo-1.0.zip,                         dropped,  as its own log writes it
            us, artifactory, /artifactory/api/npm/generic-local/a/-/a-1.0.0.tgz, dropped,  foreign whatever its path says
            us, artifactory, /artifactory/api/npm/npm-local/a/-/a-1.0.0.tgz,     download, nothing said of it
            eu, devpi,       /acme/docs/+f/0ab/55f98ef22f7b6/foo-1.0.tar.gz,     dropped,  an index
            eu, devpi,       /acme/dev/+f/0ab/55f98ef22f7b6/foo-1.0.tar.gz,      download, another index
            """)
    void dropsWhatForeignRepositoriesServe(String source, String kind, String path, String outcome, String why) {
        // Given
        RepositoryRules rules = new RepositoryRules(
                List.of(),
                List.of(),
                List.of("eu/raw-hosted", "artifactory/generic-local", "devpi/acme/docs"),
                List.of());

        // Then
        assertOutcome(rules, source, kind, path, outcome, why);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(textBlock = """
            eu, nexus,       /repository/npm-proxy/a/-/a-1.0.0.tgz,              download, named
            eu, nexus,       /repository/npm-hosted/a/-/a-1.0.0.tgz,             download, named as internal
            eu, nexus,       /repository/npm-group/a/-/a-1.0.0.tgz,              dropped,  another is named
            eu, nexus,       /repository/raw/tools/win/foo-1.0.zip,              dropped,  another is named
            eu, nexus,       /repository/npm-retired/a/-/a-1.0.0.tgz,            dropped,  foreign though named
            us, nexus,       /repository/npm-group/a/-/a-1.0.0.tgz,              download, none of this source is named
            us, artifactory, /artifactory/api/npm/npm-remote/a/-/a-1.0.0.tgz,    download, named by its kind
            us, artifactory, /artifactory/api/npm/npm-local/a/-/a-1.0.0.tgz,     dropped,  another is named
            us, artifactory, /artifactory/generic-local/foo-1.0.zip,             unknown,  storage or below a path that nobody told of
            eu, devpi,       /mirror/pypi/+f/0ab/55f98ef22f7b6/foo-1.0.tar.gz,     download, named
            eu, devpi,       /acme/dev/+f/0ab/55f98ef22f7b6/foo-1.0.tar.gz,      dropped,  another is named
            nexus/x, nexus,  /repository/npm-group/a/-/a-1.0.0.tgz,              dropped,  a source with a slash in its name
            """)
    void readsOnlyWhatIsNamedWhereAnythingIs(String source, String kind, String path, String outcome, String why) {
        // Given
        RepositoryRules rules = new RepositoryRules(
                List.of("eu/npm-proxy", "eu/npm-retired", "artifactory/npm-remote", "devpi/mirror/pypi", "nexus/x/npm"),
                List.of("eu/npm-hosted"),
                List.of("eu/npm-retired"),
                List.of());

        // Then
        assertOutcome(rules, source, kind, path, outcome, why);
    }

    @ParameterizedTest
    @CsvSource({
        "nexus,       /nexus/repository/npm-proxy/a/-/a-1.0.0.tgz",
        "artifactory, /repo/artifactory/api/npm/npm-remote/a/-/a-1.0.0.tgz",
        "artifactory, /tools/api/npm/npm-remote/a/-/a-1.0.0.tgz",
        "artifactory, /tools/artifactory/api/pypi/pypi-remote/foo/1.0/foo-1.0.tar.gz",
        "devpi,       /devpi/mirror/pypi/+f/0ab/55f98ef22f7b6/foo-1.0.tar.gz",
        "devpi,       /tools/devpi/mirror/pypi/+e/https_mirror.example.org/foo-1.0.tar.gz",
    })
    void quarantinesAFileBelowAPathThatNobodyToldOfWhateverIsNamed(String kind, String path) {
        // Given
        RepositoryRules rules = new RepositoryRules(
                List.of("nexus/npm-proxy", "artifactory/npm-remote", "devpi/mirror/pypi"),
                List.of(),
                List.of(),
                List.of());

        // Then a prefix is missing
        assertOutcome(rules, "eu", kind, path, "unknown", "no repository for certain");
    }

    @Test
    void readsTheOthersWhereOnlyWhatIsInternalIsNamed() {
        // Given
        RepositoryRules rules = new RepositoryRules(List.of(), List.of("eu/npm-hosted"), List.of(), List.of());

        // Then
        assertOutcome(rules, "eu", "nexus", "/repository/npm-proxy" + NPM, "download", "nobody said it is not meant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nexus", "nexus/", "/npm-hosted", "nexus/npm hosted", "nexus=/npm-hosted?"})
    void refusesARepositoryOfAnotherForm(String entry) {
        List<String> bad = List.of("nexus/a", entry);
        assertThrows(IllegalArgumentException.class, () -> new RepositoryRules(bad, List.of(), List.of(), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new RepositoryRules(List.of(), bad, List.of(), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new RepositoryRules(List.of(), List.of(), bad, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verdaccio",
                "verdaccio=",
                "=@acme/*",
                "verdaccio=*",
                "verdaccio=@*/shop",
                "verdaccio=a**",
                "verdaccio=cargo:a"
            })
    void refusesAPackageOfAnotherForm(String entry) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new RepositoryRules(List.of(), List.of(), List.of(), List.of("verdaccio=a", entry)));
    }

    @ParameterizedTest
    @CsvSource({
        "eu, npm:@acme/shop, true",
        "eu, npm:@acme/Shop, true",
        "eu, npm:@ACME/shop, false",
        "eu, npm:exact, true",
        "eu, npm:exactly, false",
        "us, npm:exact, false",
        "eu, pypi:acme-tools, true",
        "eu, pypi:acme, false",
        "eu, npm:utils, true",
        "eu, pypi:utils, false",
        "eu, pypi:tools-a, true",
        "eu, npm:tools-a, false",
    })
    void knowsAPackageByItsNameOrByHowItBegins(String source, String packageKey, boolean internal) {
        // Given
        RepositoryRules rules = new RepositoryRules(
                List.of(),
                List.of(),
                List.of(),
                List.of("verdaccio=@acme/*", "eu=exact", "eu=Acme_*", "eu=npm:utils", "eu=pypi:Tools_*"));

        // Then
        assertEquals(
                internal, rules.isInternal(source, Optional.of(SourceKind.VERDACCIO), PackageKey.parse(packageKey)));
    }

    private static void assertOutcome(
            RepositoryRules rules, String source, String kind, String path, String expected, String why) {
        ArtifactOutcome outcome = PackagePath.read(
                new SourceRules(List.of(), List.of(), rules),
                source,
                SourceKind.ofWireName(kind).orElseThrow(),
                path);
        switch (expected) {
            case "download" -> assertInstanceOf(Download.class, outcome, why);
            case "unknown" -> assertInstanceOf(Unknown.class, outcome, why);
            default -> assertEquals(new NotADownload(DropReason.OTHER_REPOSITORY), outcome, why);
        }
    }
}
