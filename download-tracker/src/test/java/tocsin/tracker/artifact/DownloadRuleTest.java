package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Part;

class DownloadRuleTest {

    private static final String SOURCE = "proxy-eu";
    private static final String NPM_FILE = "/event-stream/-/event-stream-3.3.6.tgz";
    private static final String PYPI_FILE = "/packages/source/f/flask/flask-3.0.0.tar.gz";
    private static final Coordinates NPM = new Coordinates(new PackageKey(Ecosystem.NPM, "event-stream"), "3.3.6");
    private static final Coordinates PYPI = new Coordinates(new PackageKey(Ecosystem.PYPI, "flask"), "3.0.0");

    private final DownloadRule rule = new DownloadRule(SourceRules.NONE);

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            GET,     200, 1,    npm-registry,    download
            GET,     200, -,    npm-registry,    download
            get,     200, 1,    npm-registry,    download
            GET,     200, 0,    verdaccio,       empty
            GET,     200, -1,   npm-registry,    empty
            HEAD,    200, 3730, verdaccio,       method
            PUT,     201, 10,   npm-registry,    method
            GET,     302, 0,    verdaccio,       download
            GET,     307, -,    verdaccio,       download
            GET,     308, 0,    npm-gateway,     download
            GET,     302, 0,    cnpm,            download
            GET,     302, 0,    npm-registry,    redirect
            GET,     302, 0,    jsr,             redirect
            GET,     301, 0,    verdaccio,       other_status
            GET,     303, 0,    verdaccio,       other_status
            GET,     206, 10,   npm-registry,    part
            GET,     206, -,    npm-registry,    part
            GET,     206, 0,    npm-registry,    empty
            HEAD,    206, 10,   npm-registry,    method
            GET,     304, 0,    npm-registry,    not_modified
            GET,     401, 10,   npm-registry,    client_error
            GET,     403, 10,   npm-registry,    client_error
            GET,     404, 10,   npm-registry,    client_error
            GET,     499, 10,   npm-registry,    client_error
            GET,     502, 10,   npm-registry,    server_error
            GET,     204, 0,    npm-registry,    other_status
            GET,     0,   10,   npm-registry,    other_status
            GET,     200, 1,    pypi-registry,   download
            GET,     206, 10,   pypi-registry,   partial
            GET,     302, 0,    pypi-registry,   redirect
            GET,     302, 0,    pypi-gateway,    download
            GET,     302, 0,    pypi-mirror,     redirect
            """)
    void countsWhatServedTheFile(String method, int status, Long bytes, String kind, String outcome) {
        // Given
        boolean npm = !kind.startsWith("pypi");
        OptionalLong length = bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
        ProxyRequest request = new ProxyRequest(method, npm ? NPM_FILE : PYPI_FILE, status, length);

        // When
        ArtifactOutcome decided =
                rule.outcome(SOURCE, SourceKind.ofWireName(kind).orElseThrow(), request);

        // Then
        ArtifactOutcome expected = switch (outcome) {
            case "download" -> new Download(npm ? NPM : PYPI);
            case "part" -> new Part(npm ? NPM : PYPI);
            default -> new NotADownload(DropReason.valueOf(outcome.toUpperCase(Locale.ROOT)));
        };
        assertEquals(expected, decided);
    }

    /** Of Verdaccio 6.8.0's three lines for each request, the first has a status already and no bytes yet, also where it ends as 404. */
    @Test
    void takesNoFirstLineOfVerdacciosForADownload() {
        // When
        ArtifactOutcome first = rule.outcome(SOURCE, SourceKind.VERDACCIO, get(NPM_FILE, 200, 0));
        ArtifactOutcome last = rule.outcome(SOURCE, SourceKind.VERDACCIO, get(NPM_FILE, 200, 40_531));

        // Then
        assertEquals(new NotADownload(DropReason.EMPTY), first);
        assertEquals(new Download(NPM), last);
    }

    @Test
    void refusesARequestThatFailedWhateverItsShape() {
        // When
        ArtifactOutcome outcome = rule.outcome(SOURCE, SourceKind.NPM_REGISTRY, get("/no/shape/at/all.tgz", 404, 9));

        // Then
        assertEquals(new NotADownload(DropReason.CLIENT_ERROR), outcome);
    }

    @ParameterizedTest
    @CsvSource({"GET, 404, client_error", "HEAD, 200, method", "GET, 304, not_modified", "GET, 502, server_error"})
    void dropsWhatFailedHoweverLongItsPath(String method, int status, String reason) {
        // When
        ArtifactOutcome outcome = rule.outcome(
                SOURCE,
                SourceKind.NPM_REGISTRY,
                new ProxyRequest(method, "/" + "a".repeat(60_000), status, OptionalLong.of(9)));

        // Then
        assertEquals(new NotADownload(DropReason.valueOf(reason.toUpperCase(Locale.ROOT))), outcome);
    }

    @Test
    void readsNoPathThatIsLongerThanAnyRegistrys() {
        // Given
        String name = "a".repeat(1_000);

        // When
        ArtifactOutcome outcome = rule.outcome(
                SOURCE,
                SourceKind.NPM_REGISTRY,
                get("/" + name + "/-/" + name + "-" + "1".repeat(100) + ".tgz", 200, 9));

        // Then
        assertEquals(new ArtifactOutcome.Unknown("path has more than 2048 characters"), outcome);
    }

    @Test
    void takesARedirectOfASourceThatIsSaidToRedirect() {
        // Given
        DownloadRule told = new DownloadRule(new SourceRules(List.of(), List.of(SOURCE)));

        // When
        ArtifactOutcome of = told.outcome(SOURCE, SourceKind.NPM_REGISTRY, get(NPM_FILE, 302, 0));
        ArtifactOutcome ofAnother = told.outcome("proxy-us", SourceKind.NPM_REGISTRY, get(NPM_FILE, 302, 0));

        // Then
        assertEquals(new Download(NPM), of);
        assertEquals(new NotADownload(DropReason.REDIRECT), ofAnother);
    }

    private static ProxyRequest get(String path, int status, long bytes) {
        return new ProxyRequest("GET", path, status, OptionalLong.of(bytes));
    }
}
