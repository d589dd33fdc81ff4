package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

class ServedRequestTest {

    private static final String TARBALL = "/event-stream/-/event-stream-3.3.6.tgz";

    @ParameterizedTest(name = "{0}: {4}")
    @CsvSource(quoteCharacter = '"', textBlock = """
            /event-stream/-/event-stream-3.3.6.tgz,                             event-stream,    3.3.6,                           npm registry
            /@types/node/-/node-22.0.0.tgz,                                     @types/node,     22.0.0,                          npm registry
            /@types%2fnode/-/node-22.0.0.tgz,                                   @types/node,     22.0.0,                          Verdaccio 6.8.0
            /@types%2Fnode/-/node-22.0.0.tgz,                                   @types/node,     22.0.0,                          hexadecimal digits have no case (RFC 3986)
            /%40types%2fnode/-/node-22.0.0.tgz,                                 @types/node,     22.0.0,                          encodeURIComponent of a name
            /@org%2fpackage/-/@org/package-1.3.5.tgz,                           @org/package,    1.3.5,                           scope repeated (yarnpkg/berry#238)
            /react/-/react-19.3.0-canary-ff8f88fc-20260915.tgz,                 react,           19.3.0-canary-ff8f88fc-20260915, prerelease with hyphens
            /handlebars/-/handlebars-1.0.5beta.tgz,                             handlebars,      1.0.5beta,                       from before semver
            /is-odd-2/-/is-odd-2-1.0.0.tgz,                                     is-odd-2,        1.0.0,                           name ends like a version
            /JSONStream/-/JSONStream-1.3.5.tgz,                                 JSONStream,      1.3.5,                           npm names have case
            /socket.io/-/socket.io-4.8.1.tgz,                                   socket.io,       4.8.1,                           dot in the name
            /-/-/--0.0.1.tgz,                                                   -,               0.0.1,                           a package called -
            /lodash/-/lodash-4.17.21.tgz?cache=1,                               lodash,          4.17.21,                         query
            /a/-/a-1.0.0+build.5.tgz,                                           a,               1.0.0+build.5,                   a plus sign is no space in a path
            /a/-/a-1.0.0%2Bbuild.5.tgz,                                         a,               1.0.0+build.5,                   encoded plus sign
            """)
    void readsThePackageFileOfAnNpmPath(String path, String name, String version, String source) {
        // When
        ArtifactOutcome outcome = ServedRequest.outcome(SourceKind.VERDACCIO, get(path));

        // Then
        assertEquals(new Download(new Coordinates(new PackageKey(Ecosystem.NPM, name), version)), outcome, source);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/event-stream",
                "/@types%2fnode",
                "/@types/node",
                "/event-stream/latest",
                "/@types/node/22.0.0",
                "/-/ping",
                "/-/v1/search?text=event-stream",
                "/-/npm/v1/security/advisories/bulk",
                "/-/npm/v1/attestations/sigstore@3.0.0",
                "/-/package/event-stream/dist-tags",
                "/-/verdaccio/data/packages",
            })
    void knowsMetadataFromPackageFiles(String path) {
        // When
        ArtifactOutcome outcome = ServedRequest.outcome(SourceKind.VERDACCIO, get(path));

        // Then
        assertEquals(new NotADownload(DropReason.METADATA), outcome);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(quoteCharacter = '"', textBlock = """
            /event-stream/download/event-stream-3.3.6.tgz,                       cnpm's shape (cnpmjs.org#439)
            /download/@octo/hello/1.0.0/0123456789abcdef,                        GitHub Packages' shape (artifact-keeper#3785)
            /repository/npm-proxy/event-stream/-/event-stream-3.3.6.tgz,         Nexus' shape
            /artifactory/api/npm/npm/event-stream/-/event-stream-3.3.6.tgz,      Artifactory's shape
            /~/11/@jsr/std__path/1.0.0.tgz,                                      JSR's shape (jsr-io/jsr#405)
            /event-stream/-/flatmap-stream-0.1.1.tgz,                            file of another package
            /event-stream/-/event-stream.tgz,                                    no version
            /event-stream/-/event-stream-.tgz,                                   empty version
            /event-stream/-/event-stream-extra.tgz,                              a word in place of a version
            /event-stream/-/event-stream-3.3.6.tar.gz,                           another extension
            /event-stream/-/event-stream-3.3.6.tgz/,                             slash at the end
            /@other/-/node-22.0.0.tgz,                                           scope without a name
            /@types/node/-/@other/node-22.0.0.tgz,                               another scope repeated
            /@types%252fnode/-/node-22.0.0.tgz,                                  encoded twice
            /event-stream-3.3.6.tgz,                                             a file by itself
            /../-/..-1.0.0.tgz,                                                  dots
            /a/-/a-1%2f..%2fb.tgz,                                               slashes in the version
            /a/-/a-1%0a.tgz,                                                     control character
            /a/-/a-1%ff.tgz,                                                     not UTF-8
            /a/-/a-1%zz.tgz,                                                     broken escape
            /a/-/a-1.tgz%2,                                                      escape cut off
            event-stream/-/event-stream-3.3.6.tgz,                               no slash before it
            http://registry.example.org/a/-/a-1.0.0.tgz,                         a whole URL
            "",                                                                  nothing
            """)
    void callsUnknownWhatItCannotRead(String path, String why) {
        // When
        ArtifactOutcome outcome = ServedRequest.outcome(SourceKind.NPM_REGISTRY, get(path));

        // Then
        assertInstanceOf(Unknown.class, outcome, why);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            GET,     200, 1,    npm-registry, -
            GET,     200, -,    npm-registry, -
            get,     200, 1,    npm-registry, -
            GET,     200, 0,    verdaccio,    empty
            HEAD,    200, 3730, verdaccio,    method
            PUT,     201, 10,   npm-registry, method
            GET,     302, 0,    verdaccio,    -
            GET,     307, -,    verdaccio,    -
            GET,     308, 0,    verdaccio,    -
            GET,     302, 0,    npm-registry, redirect
            GET,     301, 0,    verdaccio,    other_status
            GET,     206, 10,   npm-registry, partial
            GET,     304, 0,    npm-registry, not_modified
            GET,     401, 10,   npm-registry, client_error
            GET,     403, 10,   npm-registry, client_error
            GET,     404, 10,   npm-registry, client_error
            GET,     499, 10,   npm-registry, client_error
            GET,     502, 10,   npm-registry, server_error
            GET,     204, 0,    npm-registry, other_status
            GET,     0,   10,   npm-registry, other_status
            """)
    void countsWhatServedTheFile(String method, int status, Long bytes, String kind, String dropped) {
        // Given
        OptionalLong length = bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
        ProxyRequest request = new ProxyRequest(method, TARBALL, status, length);

        // When
        ArtifactOutcome outcome =
                ServedRequest.outcome(SourceKind.ofWireName(kind).orElseThrow(), request);

        // Then
        ArtifactOutcome expected = dropped == null
                ? new Download(new Coordinates(new PackageKey(Ecosystem.NPM, "event-stream"), "3.3.6"))
                : new NotADownload(DropReason.valueOf(dropped.toUpperCase(Locale.ROOT)));
        assertEquals(expected, outcome);
    }

    @Test
    void refusesARequestThatFailedWhateverItsShape() {
        // Given
        ProxyRequest request = new ProxyRequest("GET", "/no/shape/at/all.tgz", 404, OptionalLong.of(9));

        // When
        ArtifactOutcome outcome = ServedRequest.outcome(SourceKind.NPM_REGISTRY, request);

        // Then
        assertEquals(new NotADownload(DropReason.CLIENT_ERROR), outcome);
    }

    private static ProxyRequest get(String path) {
        return new ProxyRequest("GET", path, 200, OptionalLong.of(4_096));
    }
}
