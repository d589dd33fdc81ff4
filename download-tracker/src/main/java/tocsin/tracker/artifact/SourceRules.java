package tocsin.tracker.artifact;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What operators say of their sources: where a repository lies below its host, which sources answer with redirects, and which of their repositories
 * hold packages of their own.
 */
public final class SourceRules {

    /** Nobody said anything. */
    public static final SourceRules NONE = new SourceRules(Set.of(), Set.of());

    private final Map<String, String> prefixes;
    private final Set<String> redirecting;
    private final RepositoryNames internal;
    private final RepositoryNames foreign;

    /** As with no repositories named. */
    public SourceRules(Collection<String> prefixes, Collection<String> redirecting) {
        this(prefixes, redirecting, Set.of(), Set.of());
    }

    /**
     * @param prefixes each {@code name=/path}, where the name is a source's or a kind's; a source's own wins
     * @param redirecting sources that send clients elsewhere for package files although their kind does not
     * @param internal repositories whose packages come from no public registry, each {@code name/repository}, where the name is a source's or a kind's
     * @param foreign repositories of other ecosystems, named in the same way
     * @throws IllegalArgumentException for a prefix or a repository of another form, or two prefixes of one name
     */
    public SourceRules(
            Collection<String> prefixes,
            Collection<String> redirecting,
            Collection<String> internal,
            Collection<String> foreign) {
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
        this.internal = new RepositoryNames(internal);
        this.foreign = new RepositoryNames(foreign);
    }

    /**
     * The path as the source itself knows it: where its kind's paths name a repository and the prefix does as well, with that name.
     *
     * @return empty if the path is outside of what the prefix says: another repository's
     */
    Optional<String> withoutPrefix(String source, SourceKind kind, String path) {
        String prefix = prefixes.getOrDefault(source, prefixes.getOrDefault(kind.wireName(), ""));
        return path.startsWith(prefix) && (prefix.isEmpty() || path.startsWith("/", prefix.length()))
                ? Optional.of(path.substring(PackagePath.hostPartLength(kind, prefix)))
                : Optional.empty();
    }

    /** Whether a repository's packages are of an ecosystem that Tocsin does not know. */
    boolean isForeign(String source, SourceKind kind, String repository) {
        return foreign.has(source, kind, repository);
    }

    boolean isRedirecting(String source, SourceKind kind) {
        return kind.isRedirecting() || redirecting.contains(source);
    }

    boolean isInternal(String source, SourceKind kind, String repository) {
        return internal.has(source, kind, repository);
    }
}
