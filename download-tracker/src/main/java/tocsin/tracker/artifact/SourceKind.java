package tocsin.tracker.artifact;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What kind of proxy or registry served a request: how its paths are read and its answers understood. */
public enum SourceKind {
    /** A registry or proxy with the public npm registry's own paths; it serves package files itself. */
    NPM_REGISTRY("npm-registry", false),
    /** A gateway with the public npm registry's paths that checks a request, then sends the client to the registry for the file. */
    NPM_GATEWAY("npm-gateway", true),
    /** Verdaccio; it redirects to object storage where {@code tarball_url_redirect} is set. */
    VERDACCIO("verdaccio", true),
    /** cnpm and npmmirror; files come from a content network. */
    CNPM("cnpm", true),
    /** npm packages of GitHub Packages, served by redirects to object storage. */
    GITHUB_PACKAGES("github-packages", true),
    /** JSR's npm compatibility registry. */
    JSR("jsr", false),
    /** Sonatype Nexus: its npm and PyPI repositories. */
    NEXUS("nexus", false),
    /** JFrog Artifactory: its npm and PyPI repositories; it redirects to object storage where that is set up. */
    ARTIFACTORY("artifactory", true),
    /** A proxy with the paths of PyPI's own file host; it serves package files itself. */
    PYPI_REGISTRY("pypi-registry", false),
    /** A gateway with the paths of PyPI's file host that checks a request, then sends the client there for the file. */
    PYPI_GATEWAY("pypi-gateway", true),
    /** A simple mirror: bandersnatch, pypiserver, proxpi, or a folder behind a web server. */
    PYPI_MIRROR("pypi-mirror", false),
    /** devpi; it redirects where {@code mirror_use_external_urls} is set. */
    DEVPI("devpi", true);

    private static final Map<String, SourceKind> BY_WIRE_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(SourceKind::wireName, kind -> kind));

    private final String wireName;
    private final boolean redirecting;

    SourceKind(String wireName, boolean redirecting) {
        this.wireName = wireName;
        this.redirecting = redirecting;
    }

    /** The name in messages and configuration. */
    public String wireName() {
        return wireName;
    }

    /** Whether a redirect in answer to a request for a package file sends the client to that file's bytes. */
    boolean isRedirecting() {
        return redirecting;
    }

    /**
     * The registry that packages come from unless the source says otherwise; empty for the ecosystem's public one. What is on GitHub Packages is
     * its owner's and shares a name with a package of the public registry only by accident.
     */
    public Optional<String> ownRegistry() {
        return this == GITHUB_PACKAGES ? Optional.of("npm.pkg.github.com") : Optional.empty();
    }

    /** @return empty for a kind that Tocsin does not know. */
    public static Optional<SourceKind> ofWireName(String name) {
        return Optional.ofNullable(BY_WIRE_NAME.get(name));
    }
}
