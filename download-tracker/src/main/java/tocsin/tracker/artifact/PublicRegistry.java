package tocsin.tracker.artifact;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tocsin.schemas.Ecosystem;

/** The domains of each ecosystem's public registry, and further hosts that serve the same packages. */
public final class PublicRegistry {

    /** A registry answers under several names of its domain, and has changed them before. */
    private static final Map<Ecosystem, Set<String>> DOMAINS = Map.of(
            // Yarn's is another name of npm's.
            Ecosystem.NPM, Set.of("npmjs.org", "npmjs.com", "yarnpkg.com"),
            Ecosystem.PYPI, Set.of("pypi.org", "pythonhosted.org", "pypi.python.org"));

    /** A host may be written with the port that its scheme has anyway, and with the root's dot behind it. */
    private static final Pattern IDLE_END = Pattern.compile("\\.?(?::(?:443|80))?$");

    private final Set<String> mirrors;

    /** @param mirrors hosts that serve what the public registries do, of whatever ecosystem; spelt as sources may spell them */
    public PublicRegistry(Collection<String> mirrors) {
        this.mirrors = mirrors.stream().map(PublicRegistry::plain).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Downstream a named origin means an internal package that shares its name with a public one only by accident, and that rings for no public
     * advisory. A source that names the public registry must not be taken for one.
     *
     * @return empty for the public registry, named or not
     */
    public Optional<String> internalOrigin(Ecosystem ecosystem, Optional<String> host) {
        return host.map(PublicRegistry::plain)
                .filter(name -> !name.isEmpty())
                .filter(name ->
                        DOMAINS.getOrDefault(ecosystem, Set.of()).stream().noneMatch(domain -> isIn(domain, name)))
                .filter(name -> !mirrors.contains(name));
    }

    private static boolean isIn(String domain, String host) {
        return host.equals(domain) || host.endsWith("." + domain);
    }

    private static String plain(String host) {
        return IDLE_END.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
    }
}
