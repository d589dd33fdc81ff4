package tocsin.tracker.artifact;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What operators say of their sources: where a repository lies below its host, which sources answer with redirects, and what their repositories
 * hold.
 */
public final class SourceRules {

    /** Nobody said anything. */
    public static final SourceRules NONE = new SourceRules(Set.of(), Set.of());

    private final Map<String, String> prefixes;
    private final Set<String> redirecting;
    private final RepositoryRules repositories;

    /** As with nothing said of repositories. */
    public SourceRules(Collection<String> prefixes, Collection<String> redirecting) {
        this(prefixes, redirecting, RepositoryRules.NONE);
    }

    /**
     * @param prefixes each {@code name=/path}, where the name is a source's or a kind's; a source's own wins
     * @param redirecting sources that send clients elsewhere for package files although their kind does not
     * @throws IllegalArgumentException for a prefix of another form, or two of one name
     */
    public SourceRules(Collection<String> prefixes, Collection<String> redirecting, RepositoryRules repositories) {
        Map<String, String> byName = new HashMap<>();
        for (String entry : prefixes) {
            int path = entry.indexOf("=/");
            if (path < 1) {
                throw new IllegalArgumentException("a prefix is written name=/path: " + entry);
            }
            String prefix = entry.substring(path + 1).replaceFirst("/+$", "");
            if (byName.put(entry.substring(0, path).strip(), prefix) != null) {
                throw new IllegalArgumentException("two prefixes of one name: " + entry);
            }
        }
        this.prefixes = Map.copyOf(byName);
        this.redirecting = Set.copyOf(redirecting);
        this.repositories = repositories;
    }

    /**
     * The path as the source itself knows it: where its kind's paths name a repository and the prefix does as well, with that name.
     *
     * @return empty if the path is outside of what the prefix says: another repository's
     */
    Optional<String> withoutPrefix(String source, SourceKind kind, String path) {
        String prefix = prefixes.getOrDefault(source, prefixes.getOrDefault(kind.wireName(), ""));
        return path.startsWith(prefix) && (prefix.isEmpty() || path.startsWith("/", prefix.length()))
                ? Optional.of(path.substring(PackagePath.hostPartLength(kind, prefix, path.substring(prefix.length()))))
                : Optional.empty();
    }

    RepositoryRules repositories() {
        return repositories;
    }

    boolean isRedirecting(String source, SourceKind kind) {
        return kind.isRedirecting() || redirecting.contains(source);
    }
}
