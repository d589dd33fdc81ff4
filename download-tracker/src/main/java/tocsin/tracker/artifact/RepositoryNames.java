package tocsin.tracker.artifact;

import java.util.Collection;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Repositories of sources that have several, as operators name them. */
final class RepositoryNames {

    /** What Nexus and Artifactory take as a repository's name; sources are called freely. */
    private static final Pattern FORM = Pattern.compile("(?<name>.*[^/\\s])/(?<repository>[A-Za-z0-9._-]{1,200})");

    private final Set<String> names;

    /**
     * @param names each {@code name/repository}, where the name is a source's or a kind's
     * @throws IllegalArgumentException for one of another form
     */
    RepositoryNames(Collection<String> names) {
        this.names = names.stream().map(RepositoryNames::checked).collect(Collectors.toUnmodifiableSet());
    }

    private static String checked(String entry) {
        Matcher form = FORM.matcher(entry.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("a repository is written name/repository: " + entry);
        }
        return form.group();
    }

    boolean has(String source, SourceKind kind, String repository) {
        return names.contains(source + "/" + repository) || names.contains(kind.wireName() + "/" + repository);
    }
}
