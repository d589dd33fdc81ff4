package tocsin.tracker.artifact;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tocsin.schemas.Ecosystem;

/** The hosts of each ecosystem's public registry. */
public final class PublicRegistry {

    private static final Map<Ecosystem, Set<String>> HOSTS = Map.of(
            // The second is another name of the first, kept by Yarn.
            Ecosystem.NPM, Set.of("registry.npmjs.org", "registry.yarnpkg.com"),
            Ecosystem.PYPI, Set.of("pypi.org", "files.pythonhosted.org", "pypi.python.org"));

    private PublicRegistry() {}

    /**
     * Downstream a named origin means an internal package that shares its name with a public one only by accident, and that rings for no public
     * advisory. A source that names the public registry must not be taken for one.
     *
     * @return empty for the public registry, named or not
     */
    public static Optional<String> internalOrigin(Ecosystem ecosystem, Optional<String> host) {
        return host.map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !HOSTS.getOrDefault(ecosystem, Set.of()).contains(name));
    }
}
