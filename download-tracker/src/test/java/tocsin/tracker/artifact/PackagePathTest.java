package tocsin.tracker.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/** Paths as registries and proxies serve them; digests are shortened to what their shape asks for. */
class PackagePathTest {

    private static final String SHA = "b2".repeat(30);

    @ParameterizedTest(name = "{0} {1}: {4}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            npm-registry    | /event-stream/-/event-stream-3.3.6.tgz                          | npm:event-stream   | 3.3.6                           | the public registry
            npm-registry    | /@types/node/-/node-22.0.0.tgz                                  | npm:@types/node    | 22.0.0                          | the public registry
            npm-registry    | /react/-/react-19.3.0-canary-ff8f88fc-20260915.tgz              | npm:react          | 19.3.0-canary-ff8f88fc-20260915 | a prerelease with hyphens, as published
            npm-registry    | /handlebars/-/handlebars-1.0.5beta.tgz                          | npm:handlebars     | 1.0.5beta                       | from before semver, as published
            npm-registry    | /is-odd-2/-/is-odd-2-1.0.0.tgz                                  | npm:is-odd-2       | 1.0.0                           | name ends like a version
            npm-registry    | /JSONStream/-/JSONStream-1.3.5.tgz                              | npm:JSONStream     | 1.3.5                           | npm names have case
            npm-registry    | /socket.io/-/socket.io-4.8.1.tgz                                | npm:socket.io      | 4.8.1                           | dot in the name
            npm-registry    | /-/-/--0.0.1.tgz                                                | npm:-              | 0.0.1                           | a package called -
            npm-registry    | /lodash/-/lodash-4.17.21.tgz?cache=1                            | npm:lodash         | 4.17.21                         | query
            npm-registry    | /a/-/a-1.0.0+build.5.tgz                                        | npm:a              | 1.0.0+build.5                   | a plus sign is no space in a path
            npm-registry    | /a/-/a-1.0.0%2Bbuild.5.tgz                                      | npm:a              | 1.0.0+build.5                   | encoded plus sign
            npm-gateway     | /@types/node/-/node-22.0.0.tgz                                  | npm:@types/node    | 22.0.0                          | as the registry that it stands before
            verdaccio       | /event-stream/-/event-stream-3.3.6.tgz                          | npm:event-stream   | 3.3.6                           | Verdaccio 6.8.0's log
            verdaccio       | /@types%2fnode/-/node-22.0.0.tgz                                | npm:@types/node    | 22.0.0                          | Verdaccio 6.8.0's log
            verdaccio       | /@types%2Fnode/-/node-22.0.0.tgz                                | npm:@types/node    | 22.0.0                          | hexadecimal digits have no case (RFC 3986)
            verdaccio       | /%40types%2fnode/-/node-22.0.0.tgz                              | npm:@types/node    | 22.0.0                          | encodeURIComponent of a name
            verdaccio       | /@org%2fpackage/-/@org/package-1.3.5.tgz                        | npm:@org/package   | 1.3.5                           | scope repeated (yarnpkg/berry#238)
            nexus           | /repository/npm-proxy/event-stream/-/event-stream-3.3.6.tgz     | npm:event-stream   | 3.3.6                           | Nexus' request.log
            nexus           | /repository/npm-group/@types/node/-/node-22.0.0.tgz             | npm:@types/node    | 22.0.0                          | Nexus' request.log
            nexus           | /repository/npm-proxy/simple/-/simple-1.0.0.tgz                 | npm:simple         | 1.0.0                           | called like PyPI's index
            nexus           | /repository/pypi-proxy/packages/flask/3.0.0/flask-3.0.0-py3-none-any.whl | pypi:flask | 3.0.0                          | uv#5351
            nexus           | /repository/pypi-proxy/packages/foo/1.0-1/foo-1.0-1.tar.gz      | pypi:foo           | 1.0-1                           | the path tells the border
            nexus           | /repository/pypi-proxy/packages/foo/1.0+cu118/foo-1.0_cu118-cp27-none-win32.whl | pypi:foo | 1.0+cu118                   | the path tells what was escaped
            nexus           | /repository/pypi-hosted/packages/foo/1.0-beta1/foo-1.0b1.tar.gz | pypi:foo           | 1.0-beta1                       | PEP 625: the file has the normal form
            nexus           | /repository/pypi-hosted/packages/foo-bar/1.0.0/foo_bar-1.0.tar.gz | pypi:foo-bar     | 1.0.0                           | equal by PEP 440
            nexus           | /repository/pypi-hosted/packages/foo/v1.0/foo-1.0-py3-none-any.whl | pypi:foo        | v1.0                            | equal by PEP 440
            artifactory     | /artifactory/api/npm/npm-remote/lodash/-/lodash-4.17.21.tgz     | npm:lodash         | 4.17.21                         | Artifactory's npm API
            artifactory     | /api/npm/npm/@types/node/-/@types/node-22.0.0.tgz               | npm:@types/node    | 22.0.0                          | its request.log, scope repeated
            artifactory     | /artifactory/api/pypi/pypi/packages/packages/fd/56/${sha}/flask-3.0.0-py3-none-any.whl | pypi:flask | 3.0.0          | a remote repository
            artifactory     | /artifactory/api/pypi/local/foo-bar/1.0.0/foo_bar-1.0.0.tar.gz  | pypi:foo-bar       | 1.0.0                           | a local repository
            github-packages | /download/@octo-org/hello/1.0.0/${sha}                          | npm:@octo-org/hello | 1.0.0                          | artifact-keeper#3785
            github-packages | /download/@octo-org/hello/1.0.0-beta.1/9f86d081884c7d65         | npm:@octo-org/hello | 1.0.0-beta.1                   | artifact-keeper#3785
            cnpm            | /event-stream/download/event-stream-3.3.6.tgz                   | npm:event-stream   | 3.3.6                           | cnpmjs.org#439
            cnpm            | /@types/node/download/@types/node-22.0.0.tgz                    | npm:@types/node    | 22.0.0                          | cnpmjs.org
            cnpm            | /@types/node/-/node-22.0.0.tgz                                  | npm:@types/node    | 22.0.0                          | npmmirror
            cnpm            | /download/download/download-8.0.0.tgz                           | npm:download       | 8.0.0                           | a package called download
            cnpm            | /@types/download/-/download-1.0.0.tgz                           | npm:@types/download | 1.0.0                          | a scoped one called download
            cnpm            | /@types/download/download/@types/download-1.0.0.tgz             | npm:@types/download | 1.0.0                          | a scoped one called download
            cnpm            | /-/download/--0.0.1.tgz                                         | npm:-              | 0.0.1                           | a package called -
            jsr             | /~/11/@jsr/std__collections/1.0.5.tgz                           | npm:@jsr/std__collections | 1.0.5                    | jsr-io/jsr#405
            jsr             | /@jsr/luca__cases/-/luca__cases-1.0.0.tgz                       | npm:@jsr/luca__cases | 1.0.0                         | revision 12 (jsr-io/jsr#1508)
            pypi-registry   | /packages/fd/56/${sha}/flask-3.0.0-py3-none-any.whl             | pypi:flask         | 3.0.0                           | files.pythonhosted.org
            pypi-registry   | /packages/fd/56/${sha}/Flask_SQLAlchemy-3.1.1-py3-none-any.whl  | pypi:flask-sqlalchemy | 3.1.1                        | normalised by PEP 503
            pypi-registry   | /packages/fd/56/${sha}/foo.bar-1.0-2-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl | pypi:foo-bar | 1.0   | a wheel with a build tag
            pypi-registry   | /packages/fd/56/${sha}/torch-2.1.0%2Bcu118-cp311-cp311-linux_x86_64.whl | pypi:torch | 2.1.0+cu118                     | a local version
            pypi-registry   | /packages/fd/56/${sha}/foo-1!2.0-py3-none-any.whl               | pypi:foo           | 1!2.0                           | an epoch
            pypi-registry   | /packages/fd/56/${sha}/foo-1.0_1-py3-none-any.whl               | pypi:foo           | 1.0-1                           | a hyphen that the format escapes
            pypi-registry   | /packages/fd/56/${sha}/python_dateutil-2.9.0.post0.tar.gz       | pypi:python-dateutil | 2.9.0.post0                   | PEP 625: one hyphen
            pypi-registry   | /packages/fd/56/${sha}/python-dateutil-2.8.2.tar.gz             | pypi:python-dateutil | 2.8.2                         | one hyphen before a number
            pypi-registry   | /packages/fd/56/${sha}/foo-bar-1.0-beta1.zip                    | pypi:foo-bar       | 1.0-beta1                       | one hyphen before a number
            pypi-registry   | /packages/source/f/foo/foo-1.0-1.tar.gz                         | pypi:foo           | 1.0-1                           | PyPI's paths before 2016
            pypi-registry   | /packages/source/z/zope.interface/zope.interface-4.0.tar.bz2    | pypi:zope-interface | 4.0                            | tar.bz2
            pypi-registry   | /packages/source/F/Flask/Flask-0.9-horsea.tgz                   | pypi:flask         | 0.9-horsea                      | a version from before PEP 440
            pypi-registry   | /packages/2.7/s/setuptools/setuptools-0.6c11-py2.7.egg          | pypi:setuptools    | 0.6c11                          | an egg
            pypi-registry   | /packages/2.7/f/foo/foo-1.0-py2.7-macosx-10.5-x86_64.egg        | pypi:foo           | 1.0                             | an egg for a platform with hyphens
            pypi-registry   | /packages/any/p/pyserial/pyserial-2.7.win32.exe                 | pypi:pyserial      | 2.7                             | an installer
            pypi-registry   | /packages/2.7/p/py-xattr/py-xattr-0.5.win-amd64-py2.7.exe       | pypi:py-xattr      | 0.5                             | an installer for one interpreter
            pypi-registry   | /packages/2.7/p/foo/foo-0.5.win32-py2.7.msi                     | quarantine         |                                 | a wrong initial
            pypi-registry   | /packages/any/f/foo/foo-1.0.linux-x86_64.tar.gz                 | pypi:foo           | 1.0                             | built files in an archive
            pypi-gateway    | /packages/fd/56/${sha}/flask-3.0.0.tar.gz                       | pypi:flask         | 3.0.0                           | as the host that it stands before
            pypi-mirror     | /packages/fd/56/${sha}/flask-3.0.0.tar.gz                       | pypi:flask         | 3.0.0                           | bandersnatch
            pypi-mirror     | /simple/foo-3d/foo-3d-1.0-1.tar.gz                              | pypi:foo-3d        | 1.0-1                           | a folder behind a web server
            pypi-mirror     | /index/flask/flask-3.0.0-py3-none-any.whl                       | pypi:flask         | 3.0.0                           | proxpi
            pypi-mirror     | /packages/flask-3.0.0.tar.gz                                    | pypi:flask         | 3.0.0                           | pypiserver
            devpi           | /acme/prod/+f/0ab/55f98ef22f7b6/flask-3.0.0-py3-none-any.whl    | pypi:flask         | 3.0.0                           | devpi by digest
            devpi           | /acme/prod/+e/https_mirror.example.org_packages/foo_bar-1.0.tar.gz | pypi:foo-bar | 1.0                            | devpi by address
            """)
    void readsThePackageFile(String kind, String path, String packageKey, String version, String source) {
        // When
        ArtifactOutcome outcome = read(kind, path);

        // Then
        if (packageKey.equals("quarantine")) {
            assertInstanceOf(Unknown.class, outcome, source);
        } else {
            assertEquals(new Download(new Coordinates(PackageKey.parse(packageKey), version)), outcome, source);
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            verdaccio       | /                                                  | metadata
            verdaccio       | /event-stream                                      | metadata
            verdaccio       | /@types%2fnode                                     | metadata
            verdaccio       | /@types/node                                       | metadata
            verdaccio       | /event-stream/latest                               | metadata
            verdaccio       | /@types/node/22.0.0                                | metadata
            verdaccio       | /-/ping                                            | metadata
            verdaccio       | /-/v1/search?text=event-stream                     | metadata
            verdaccio       | /-/npm/v1/security/advisories/bulk                 | metadata
            verdaccio       | /-/npm/v1/attestations/sigstore@3.0.0              | attestation
            verdaccio       | /-/package/event-stream/dist-tags                  | metadata
            verdaccio       | /-/verdaccio/data/packages                         | metadata
            cnpm            | /download                                          | metadata
            jsr             | /@jsr/std__path                                    | metadata
            github-packages | /@octo-org%2fhello                                 | metadata
            nexus           | /repository/npm-proxy                              | metadata
            nexus           | /repository/npm-proxy/lodash                       | metadata
            nexus           | /repository/pypi-proxy/simple/flask/               | metadata
            nexus           | /repository/pypi-proxy/pypi/flask/json             | metadata
            nexus           | /service/rest/v1/status                            | other_repository
            artifactory     | /artifactory/api/npm/npm-remote/lodash             | metadata
            artifactory     | /artifactory/api/npm/npm-remote                    | metadata
            artifactory     | /artifactory/api/pypi/pypi/simple/flask/           | metadata
            artifactory     | /artifactory/api/system/ping                       | other_repository
            artifactory     | /artifactory/api/docker/images/v2/                 | other_repository
            nexus           | /repository/maven-central/org/example/foo/1.0/foo-1.0.jar  | other_repository
            nexus           | /repository/maven-central/org/example/foo/1.0/foo-1.0.pom.sha1 | other_repository
            nexus           | /repository/docker/v2/library/alpine/blobs/sha256:0ab5     | other_repository
            nexus           | /repository/nuget/v3/content/foo/1.0.0/foo.1.0.0.nupkg     | other_repository
            artifactory     | /artifactory/libs-release/org/example/foo/1.0/foo-1.0.jar  | other_repository
            artifactory     | /libs-release/org/example/foo/maven-metadata.xml   | other_repository
            artifactory     | /ui/repos/tree                                     | other_repository
            artifactory     | /v2/images/alpine/manifests/3.20                   | other_repository
            pypi-registry   | /packages/fd/56/${sha}/a-1-py3-none-any.whl.metadata        | metadata
            pypi-registry   | /packages/fd/56/${sha}/a-1-py3-none-any.whl.asc             | signature
            pypi-registry   | /packages/fd/56/${sha}/a-1.tar.gz.sig                       | signature
            pypi-registry   | /packages/fd/56/${sha}/a-1-py3-none-any.whl.provenance      | attestation
            pypi-registry   | /packages/fd/56/${sha}/a-1.tar.gz.publish.attestation       | attestation
            pypi-registry   | /packages/fd/56/${sha}/a-1.tar.gz.sha256                    | metadata
            pypi-registry   | /packages/fd/56/${sha}/a-1.tar.Z.asc                        | signature
            pypi-registry   | /packages/fd/56/${sha}/a-1-py2.7.egg.md5                    | metadata
            npm-registry    | /a/-/a-1.0.0.tgz.sigstore.json                              | attestation
            pypi-registry   | /integrity/flask/3.0.0/flask-3.0.0-py3-none-any.whl/provenance | attestation
            pypi-registry   | /simple/flask/                                     | metadata
            pypi-registry   | /pypi/flask/3.0.0/json                             | metadata
            pypi-mirror     | /simple                                            | metadata
            pypi-mirror     | /simple/flask/index.html                           | metadata
            devpi           | /                                                  | metadata
            devpi           | /+api                                              | metadata
            devpi           | /acme/prod/+simple/flask/                          | metadata
            devpi           | /acme/prod/flask/3.0.0                             | metadata
            devpi           | /acme/prod/flask                                   | metadata
            devpi           | /acme/prod/flask/3.0.0/+doc/index.html             | metadata
            devpi           | /acme/prod/flask/3.0.0/+d/_downloads/example.zip   | metadata
            devpi           | /acme/prod/flask/latest/+d                         | metadata
            devpi           | /acme/prod/+f/0ab/55f98ef22f7b6/flask-3.0.0.tar.gz.toxresult-20260915-0 | metadata
            devpi           | /acme/prod/+f/0ab/55f98ef22f7b6/flask-3.0.0.doc.zip | metadata
            """)
    void knowsWhatIsNoPackageFile(String kind, String path, String reason) {
        // When
        ArtifactOutcome outcome = read(kind, path);

        // Then
        assertEquals(new NotADownload(DropReason.valueOf(reason.toUpperCase(Locale.ROOT))), outcome);
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            npm-registry    | /event-stream/download/event-stream-3.3.6.tgz                   | another kind's shape
            npm-registry    | /download/@octo/hello/1.0.0/0123456789abcdef                    | another kind's shape
            npm-registry    | /repository/npm-proxy/event-stream/-/event-stream-3.3.6.tgz     | another kind's shape
            npm-registry    | /~/11/@jsr/std__path/1.0.0.tgz                                  | another kind's shape
            npm-registry    | /packages/source/f/flask/flask-3.0.0.tar.gz                     | another ecosystem's shape
            npm-registry    | /event-stream/-/flatmap-stream-0.1.1.tgz                        | file of another package
            npm-registry    | /event-stream/-/event-stream.tgz                                | no version
            npm-registry    | /event-stream/-/event-stream-.tgz                               | empty version
            npm-registry    | /event-stream/-/event-stream-extra.tgz                          | a word in place of a version
            npm-registry    | /event-stream/-/event-stream-3.3.6.tar.gz                       | another extension
            npm-registry    | /event-stream/-/event-stream-3.3.6.tgz/                         | slash at the end
            npm-registry    | /@other/-/node-22.0.0.tgz                                       | scope without a name
            npm-registry    | /@types/node/-/@other/node-22.0.0.tgz                           | another scope repeated
            npm-registry    | /@types%252fnode/-/node-22.0.0.tgz                              | encoded twice
            npm-registry    | /event-stream-3.3.6.tgz                                         | a file by itself
            npm-registry    | /../-/..-1.0.0.tgz                                              | dots
            npm-registry    | /a/-/a-1%2f..%2fb.tgz                                           | slashes in the version
            npm-registry    | /a/-/a-1%0a.tgz                                                 | control character
            npm-registry    | /a/-/a-1%ff.tgz                                                 | not UTF-8
            npm-registry    | /a/-/a-1%zz.tgz                                                 | broken escape
            npm-registry    | /a/-/a-1.tgz%2                                                  | escape cut off
            npm-registry    | event-stream/-/event-stream-3.3.6.tgz                           | no slash before it
            npm-registry    | http://registry.example.org/a/-/a-1.0.0.tgz                     | a whole URL
            npm-registry    | ""                                                              | nothing
            github-packages | /download/@octo-org/hello/1.0.0/latest                          | no digest
            github-packages | /download/hello/1.0.0/9f86d081884c7d65                          | no owner
            jsr             | /~/latest/@jsr/std__path/1.0.0.tgz                              | no revision
            jsr             | /~/11/@std/path/1.0.0.tgz                                       | JSR's own name, which its npm registry has not
            nexus           | /repository/raw-hosted/tools/win/foo-1.0.zip                    | it may be a Python package
            nexus           | /repository/helm/charts/foo-1.0.0.tgz                           | it may be an npm package
            artifactory     | /artifactory/generic-local/tools/foo-1.0.zip                    | it may be a Python package
            artifactory     | /npm-local/lodash/-/lodash-4.17.21.tgz                          | storage, in its own log
            nexus           | /repository/pypi-proxy/packages/foo/1.0/bar-1.0.tar.gz          | file of another project
            nexus           | /repository/pypi-proxy/packages/foo/1.0/foo-1.1.tar.gz          | file of another version
            nexus           | /nexus/repository/npm-proxy/lodash/-/lodash-4.17.21.tgz         | below a path that nobody told of
            nexus           | /nexus/repository/pypi-proxy/packages/foo/1.0/foo-1.0.tar.gz    | below a path that nobody told of
            artifactory     | /artifactory/npm-remote-cache/lodash/-/lodash-4.17.21.tgz       | storage: no ecosystem told
            pypi-registry   | /packages/fd/56/${sha}/foo-1.0-1.tar.gz                         | two borders
            pypi-registry   | /packages/fd/56/${sha}/foo-3d-1.0.tar.gz                        | two borders
            pypi-registry   | /packages/fd/56/${sha}/foo-0.9-horsea.tar.gz                    | no version by PEP 440, and nobody tells the project
            pypi-registry   | /packages/fd/56/${sha}/foo.tar.gz                               | no version
            pypi-registry   | /packages/fd/56/${sha}/foo-bar.tar.gz                           | a word in place of a version
            pypi-registry   | /packages/fd/56/${sha}/foo-1.0_local-py3-none-any.whl           | hyphen or plus sign
            pypi-registry   | /packages/fd/56/${sha}/foo-1.0-py3-none.whl                     | a wheel with a tag too few
            pypi-registry   | /packages/fd/56/${sha}/foo-1.0-x-py3-none-any.whl               | a build tag that is no number
            pypi-registry   | /packages/fd/56/${sha}/foo-1.0.exe                              | an installer for no platform
            pypi-registry   | /packages/fd/56/${sha}/foo-1.0-1.src.rpm                        | another format
            pypi-registry   | /packages/fd/56/xyz/flask-3.0.0.tar.gz                          | no digest
            pypi-registry   | /packages/source/f/foo/bar-1.0.tar.gz                           | file of another project
            pypi-registry   | /simple/flask/flask-3.0.0.tar.gz                                | another kind's shape
            pypi-mirror     | /files/flask-3.0.0.tar.gz                                       | another folder
            devpi           | /acme/prod/flask-3.0.0.tar.gz                                   | a file by itself
            devpi           | /acme/prod/+f/0ab/flask-3.0.0.tar.gz                            | half a digest
            """)
    void callsUnknownWhatItCannotRead(String kind, String path, String why) {
        // When
        ArtifactOutcome outcome = read(kind, path);

        // Then
        assertInstanceOf(Unknown.class, outcome, why);
    }

    /** A project is called as its publisher likes: no name may keep a download from being one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo.toxresult",
                "foo.zip.toxresult-1",
                "my.doc.zipper",
                "foo.doc.zip",
                "foo.doc",
                "foo.whl.metadata",
                "foo.tgz.asc",
                "foo.tar.gz.provenance",
                "simple",
                "packages",
                "integrity",
                "attestations",
                "download",
                "api",
            })
    void takesAProjectForAProjectWhateverItsName(String name) {
        PackageKey pypi = new PackageKey(Ecosystem.PYPI, name);
        String plain = name.replace('-', '_');
        for (String file : List.of(plain + "-1.0.tar.gz", plain + "-1.0-py3-none-any.whl", plain + "-1.0.zip")) {
            assertDownload(pypi, "1.0", "devpi", "/mirror/pypi/+f/0ab/55f98ef22f7b6/" + file);
            assertDownload(pypi, "1.0", "devpi", "/mirror/pypi/+e/https_mirror.example.org/" + file);
            assertDownload(pypi, "1.0", "pypi-registry", "/packages/fd/56/${sha}/" + file);
            assertDownload(pypi, "1.0", "pypi-mirror", "/simple/" + name + "/" + file);
            assertDownload(pypi, "1.0", "nexus", "/repository/p/packages/" + name + "/1.0/" + file);
            assertDownload(pypi, "1.0", "artifactory", "/api/pypi/p/" + name + "/1.0/" + file);
        }
        PackageKey npm = new PackageKey(Ecosystem.NPM, name);
        String path = "/" + name + "/-/" + name + "-1.0.0.tgz";
        for (String kind : List.of("npm-registry", "verdaccio", "cnpm", "github-packages", "jsr")) {
            assertDownload(npm, "1.0.0", kind, path);
        }
        assertDownload(npm, "1.0.0", "nexus", "/repository/n" + path);
        assertDownload(npm, "1.0.0", "artifactory", "/api/npm/n" + path);
        assertDownload(npm, "1.0.0", "cnpm", "/" + name + "/download/" + name + "-1.0.0.tgz");
        assertDownload(
                new PackageKey(Ecosystem.NPM, "@a/" + name),
                "1.0.0",
                "github-packages",
                "/download/@a/" + name + "/1.0.0/${sha}");
    }

    private static void assertDownload(PackageKey packageKey, String version, String kind, String path) {
        assertEquals(new Download(new Coordinates(packageKey, version)), read(kind, path), kind + " " + path);
    }

    private static ArtifactOutcome read(String kind, String path) {
        return PackagePath.read(
                SourceRules.NONE, "proxy-eu", SourceKind.ofWireName(kind).orElseThrow(), path.replace("${sha}", SHA));
    }
}
