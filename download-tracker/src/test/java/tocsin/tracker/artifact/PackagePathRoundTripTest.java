package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;

/** Any name and version that a registry serves is read back from every shape that it is served under. */
class PackagePathRoundTripTest {

    private static final String SHA = "0a".repeat(30);

    /** A shape as a registry writes it. */
    private record Shape(SourceKind kind, BiFunction<String, String, String> path) {}

    private static final List<Shape> NPM = List.of(
            new Shape(SourceKind.NPM_REGISTRY, (n, v) -> "/" + n + "/-/" + base(n) + "-" + v + ".tgz"),
            new Shape(SourceKind.VERDACCIO, (n, v) -> "/" + n.replace("/", "%2f") + "/-/" + base(n) + "-" + v + ".tgz"),
            new Shape(SourceKind.VERDACCIO, (n, v) -> "/" + encoded(n) + "/-/" + base(n) + "-" + encoded(v) + ".tgz"),
            new Shape(SourceKind.NPM_GATEWAY, (n, v) -> "/" + n + "/-/" + n + "-" + v + ".tgz?x=1"),
            new Shape(SourceKind.CNPM, (n, v) -> "/" + n + "/download/" + n + "-" + v + ".tgz"),
            new Shape(SourceKind.CNPM, (n, v) -> "/" + n + "/-/" + base(n) + "-" + v + ".tgz"),
            new Shape(SourceKind.NEXUS, (n, v) -> "/repository/npm/" + n + "/-/" + base(n) + "-" + v + ".tgz"),
            new Shape(SourceKind.ARTIFACTORY, (n, v) -> "/artifactory/api/npm/npm/" + n + "/-/" + n + "-" + v + ".tgz"),
            new Shape(SourceKind.ARTIFACTORY, (n, v) -> "/api/npm/npm/" + n + "/-/" + base(n) + "-" + v + ".tgz"));

    private static final Shape GITHUB =
            new Shape(SourceKind.GITHUB_PACKAGES, (n, v) -> "/download/" + n + "/" + v + "/" + SHA);
    private static final Shape JSR_REVISION = new Shape(SourceKind.JSR, (n, v) -> "/~/11/" + n + "/" + v + ".tgz");
    private static final Shape JSR = new Shape(SourceKind.JSR, (n, v) -> "/" + n + "/-/" + base(n) + "-" + v + ".tgz");

    private static final List<Shape> PYPI = List.of(
            new Shape(SourceKind.PYPI_REGISTRY, (n, v) -> digest(wheel(n, v))),
            new Shape(
                    SourceKind.PYPI_GATEWAY,
                    (n, v) -> digest(escaped(n) + "-" + escaped(v) + "-py3.12-linux-x86_64.egg")),
            new Shape(SourceKind.PYPI_REGISTRY, (n, v) -> source(n, n + "-" + v + ".tar.gz")),
            new Shape(SourceKind.PYPI_REGISTRY, (n, v) -> source(n, n + "-" + v + ".win-amd64-py2.7.exe")),
            new Shape(SourceKind.PYPI_MIRROR, (n, v) -> "/simple/" + n + "/" + n + "-" + encoded(v) + ".zip"),
            new Shape(SourceKind.PYPI_MIRROR, (n, v) -> "/packages/" + wheel(n, v)),
            new Shape(
                    SourceKind.NEXUS,
                    (n, v) -> "/repository/pypi/packages/" + n + "/" + v + "/" + n + "-" + v + ".tar.bz2"),
            new Shape(SourceKind.ARTIFACTORY, (n, v) -> "/api/pypi/pypi/" + n + "/" + v + "/" + wheel(n, v)),
            new Shape(SourceKind.ARTIFACTORY, (n, v) -> "/artifactory/api/pypi/pypi/packages" + digest(wheel(n, v))),
            new Shape(SourceKind.PYPI_MIRROR, (n, v) -> "/index/" + n + "/" + n + "-" + v + ".tar.gz"),
            new Shape(SourceKind.DEVPI, (n, v) -> "/acme/prod/+f/0ab/55f98ef22f7b6/" + wheel(n, v)),
            new Shape(SourceKind.DEVPI, (n, v) -> "/acme/mirror/+e/https_files.example.org_packages/" + wheel(n, v)));

    @Property(tries = 3_000)
    void readsBackWhatAnNpmRegistryServes(
            @ForAll("npmNames") String name, @ForAll("semvers") String version, @ForAll("npmShapes") int shape) {
        assertReadsBack(NPM.get(shape), Ecosystem.NPM, name, version);
    }

    @Property(tries = 2_000)
    void readsBackWhatRegistriesOfScopesServe(@ForAll("scopedNames") String name, @ForAll("semvers") String version) {
        String ofJsr = "@jsr/" + base(name);
        assertReadsBack(GITHUB, Ecosystem.NPM, name, version);
        assertReadsBack(JSR_REVISION, Ecosystem.NPM, ofJsr, version);
        assertReadsBack(JSR, Ecosystem.NPM, ofJsr, version);
    }

    @Property(tries = 3_000)
    void readsBackWhatAPypiRepositoryServes(
            @ForAll("pypiNames") String name, @ForAll("pep440s") String version, @ForAll("pypiShapes") int shape) {
        assertReadsBack(PYPI.get(shape), Ecosystem.PYPI, name, version);
    }

    /** Where it is not sure, it says so: never another border than the one that the file was made with. */
    @Property(tries = 3_000)
    void neverTakesAnotherBorderInASourceArchive(@ForAll("pypiNames") String name, @ForAll("pep440s") String version) {
        // When
        ArtifactOutcome outcome = read(SourceKind.PYPI_REGISTRY, digest(name + "-" + version + ".tar.gz"));

        // Then
        switch (outcome) {
            case Download(Coordinates coordinates) ->
                assertEquals(new Coordinates(new PackageKey(Ecosystem.PYPI, name), version), coordinates);
            case ArtifactOutcome.Unknown _ ->
                assertTrue(name.contains("-") || version.contains("-"), name + " " + version);
            case ArtifactOutcome.NotADownload _, ArtifactOutcome.Part _ -> throw new AssertionError(outcome);
        }
    }

    @Property(tries = 20_000)
    void readsAnythingWithoutAnException(@ForAll SourceKind kind, @ForAll("hostilePaths") String path) {
        // When
        ArtifactOutcome outcome = read(kind, path);

        // Then
        if (outcome instanceof Download(Coordinates coordinates)) {
            assertTrue(coordinates.version().length() <= Coordinates.MAX_VERSION_LENGTH, path);
            assertTrue(coordinates.version().chars().noneMatch(c -> c == '/' || c == '%'), path);
        }
    }

    private static void assertReadsBack(Shape shape, Ecosystem ecosystem, String name, String version) {
        // Given
        String path = shape.path().apply(name, version);

        // When
        ArtifactOutcome outcome = read(shape.kind(), path);

        // Then
        assertEquals(new Download(new Coordinates(new PackageKey(ecosystem, name), version)), outcome, path);
    }

    private static ArtifactOutcome read(SourceKind kind, String path) {
        return PackagePath.read(SourceRules.NONE, "proxy-eu", kind, path);
    }

    @Provide
    Arbitrary<Integer> npmShapes() {
        return Arbitraries.integers().between(0, NPM.size() - 1);
    }

    @Provide
    Arbitrary<Integer> pypiShapes() {
        return Arbitraries.integers().between(0, PYPI.size() - 1);
    }

    @Provide
    Arbitrary<String> npmNames() {
        Arbitrary<String> any = Combinators.combine(
                        Arbitraries.strings()
                                .alpha()
                                .numeric()
                                .withChars('-', '~')
                                .ofLength(1),
                        Arbitraries.strings()
                                .alpha()
                                .numeric()
                                .withChars("-_.~")
                                .ofMaxLength(20))
                .as(String::concat);
        // Words that shapes are told by are names as well.
        Arbitrary<String> base = Arbitraries.frequencyOf(
                Tuple.of(9, any), Tuple.of(1, Arbitraries.of("-", "download", "simple", "packages", "api")));
        Arbitrary<String> scope = Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("-_.")
                .ofMinLength(1)
                .ofMaxLength(10);
        return Arbitraries.oneOf(base, Combinators.combine(scope, base).as((s, b) -> "@" + s + "/" + b));
    }

    @Provide
    Arbitrary<String> scopedNames() {
        return npmNames().filter(name -> name.startsWith("@"));
    }

    @Provide
    Arbitrary<String> semvers() {
        Arbitrary<String> identifiers = Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars('-')
                .ofMinLength(1)
                .ofMaxLength(8)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(ids -> String.join(".", ids));
        return Combinators.combine(
                        numbers(3),
                        Arbitraries.oneOf(Arbitraries.just(""), identifiers.map(it -> "-" + it)),
                        Arbitraries.oneOf(Arbitraries.just(""), identifiers.map(it -> "+" + it)))
                .as((core, prerelease, build) -> core + prerelease + build);
    }

    @Provide
    Arbitrary<String> pypiNames() {
        return Combinators.combine(
                        Arbitraries.strings().alpha().numeric().ofLength(1),
                        Arbitraries.strings().alpha().numeric().withChars("-_.").ofMaxLength(20),
                        Arbitraries.strings().alpha().numeric().ofLength(1))
                .as((first, middle, last) -> first + middle + last);
    }

    /** Canonical, and spelt as people do. */
    @Provide
    Arbitrary<String> pep440s() {
        Arbitrary<String> none = Arbitraries.just("");
        return Combinators.combine(
                        Arbitraries.oneOf(none, Arbitraries.just("1!")),
                        numbers(4),
                        Arbitraries.oneOf(none, Arbitraries.of("a1", "b2", "rc10", "-beta1", ".alpha", "-rc.1")),
                        Arbitraries.oneOf(none, Arbitraries.of(".post1", "-1", "-post2", "-r3")),
                        Arbitraries.oneOf(none, Arbitraries.of(".dev0", "-dev1")),
                        Arbitraries.oneOf(none, Arbitraries.of("+cu118", "+ubuntu.1")))
                .as((epoch, release, pre, post, dev, local) -> epoch + release + pre + post + dev + local);
    }

    private static Arbitrary<String> numbers(int most) {
        return Arbitraries.bigIntegers()
                .between(java.math.BigInteger.ZERO, java.math.BigInteger.TEN.pow(25))
                .map(String::valueOf)
                .list()
                .ofMinSize(1)
                .ofMaxSize(most)
                .map(parts -> String.join(".", parts));
    }

    /** Pieces of real paths in any order, and plain noise. */
    @Provide
    Arbitrary<String> hostilePaths() {
        Arbitrary<String> pieces = Arbitraries.of(
                "/",
                "-",
                "/-/",
                ".tgz",
                ".whl",
                ".tar.gz",
                ".asc",
                "%2f",
                "%",
                "%00",
                "%ff",
                "?",
                "..",
                "@",
                "@a/b",
                "a",
                "1.0",
                "packages",
                "/packages/",
                "source/a/a/",
                "simple/",
                SHA,
                "ab/cd/",
                "+f/",
                "+e/",
                "0ab/",
                "/acme/prod/",
                "/repository/x",
                "/artifactory/api/npm/x",
                "/api/pypi/x",
                "/download/",
                "/~/11/",
                "@jsr/",
                "_",
                "!",
                "+",
                "-py3-none-any",
                ".win32",
                ".linux-x86_64",
                "\u0000",
                "é",
                "\uD800");
        return Arbitraries.oneOf(
                pieces.list().ofMaxSize(30).map(it -> String.join("", it)),
                pieces.list().ofMaxSize(12).map(it -> "/" + String.join("", it)),
                pieces.list().ofMaxSize(3).map(it -> "/" + String.join("", it).repeat(60)),
                Arbitraries.strings().ofMaxLength(200));
    }

    private static String base(String name) {
        return name.substring(name.indexOf('/') + 1);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replace('-', '_');
    }

    private static String wheel(String name, String version) {
        return escaped(name) + "-" + escaped(version) + "-1build-cp312-cp312-manylinux_2_17_x86_64.whl";
    }

    private static String digest(String file) {
        return "/packages/fd/56/" + SHA + "/" + file;
    }

    private static String source(String name, String file) {
        return "/packages/source/" + name.charAt(0) + "/" + name + "/" + file;
    }
}
