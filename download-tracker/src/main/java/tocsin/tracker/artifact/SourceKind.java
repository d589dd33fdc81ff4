package tocsin.tracker.artifact;

import java.util.Arrays;
import java.util.Optional;

/** What kind of proxy or registry served a request: how its paths are read and its answers understood. */
public enum SourceKind {
    /** A registry or proxy with the public npm registry's own paths; it serves package files itself. */
    NPM_REGISTRY("npm-registry", false),
    /** Verdaccio; it redirects to object storage where {@code tarball_url_redirect} is set. */
    VERDACCIO("verdaccio", true);

    private final String wireName;
    private final boolean redirecting;

    SourceKind(String wireName, boolean redirecting) {
        this.wireName = wireName;
        this.redirecting = redirecting;
    }

    /** Whether a redirect in answer to a request for a package file sends the client to that file's bytes. */
    boolean isRedirecting() {
        return redirecting;
    }

    /** @return empty for a kind that Tocsin does not know. */
    public static Optional<SourceKind> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName.equals(name))
                .findFirst();
    }
}
