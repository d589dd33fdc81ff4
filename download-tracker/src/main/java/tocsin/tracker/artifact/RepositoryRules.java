package tocsin.tracker.artifact;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import tocsin.schemas.PackageKey;

/** What operators say of the repositories behind their sources: which are to be read, and which hold packages of their own. */
public final class RepositoryRules {

    /** Nobody said anything. */
    public static final RepositoryRules NONE = new RepositoryRules(Set.of(), Set.of(), Set.of(), Set.of());

    private final RepositoryNames known;
    private final RepositoryNames internal;
    private final RepositoryNames foreign;
    private final PackageNames internalPackages;

    /**
     * Repositories are written {@code name/repository}, packages {@code name=package}, where the name is a source's or a kind's.
     *
     * @param known repositories of npm and PyPI packages; of a source of which one is named here, no other is read but for those that are internal
     * @param internal repositories whose packages come from no public registry
     * @param foreign repositories of other ecosystems, never read
     * @param internalPackages that come from no public registry, whatever repository they lie in; an asterisk at the end stands for any rest
     * @throws IllegalArgumentException for one of another form
     */
    public RepositoryRules(
            Collection<String> known,
            Collection<String> internal,
            Collection<String> foreign,
            Collection<String> internalPackages) {
        this.known = new RepositoryNames(known);
        this.internal = new RepositoryNames(internal);
        this.foreign = new RepositoryNames(foreign);
        this.internalPackages = new PackageNames(internalPackages);
    }

    /** Whether a repository's packages are of an ecosystem that Tocsin does not know. */
    boolean isForeign(String source, SourceKind kind, String repository) {
        return foreign.has(source, kind, repository);
    }

    /**
     * Whether others of the source are named to be read and this one is not. Naming one as internal leaves out no other: who names only what is their
     * own would lose all that is public.
     */
    boolean isLeftOut(String source, SourceKind kind, String repository) {
        return known.knows(source, kind)
                && !known.has(source, kind, repository)
                && !internal.has(source, kind, repository);
    }

    boolean isInternal(String source, SourceKind kind, String repository) {
        return internal.has(source, kind, repository);
    }

    /** @param kind empty where the source told coordinates and no request */
    boolean isInternal(String source, Optional<SourceKind> kind, PackageKey packageKey) {
        return internalPackages.has(source, kind, packageKey);
    }
}
