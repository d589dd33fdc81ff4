package tocsin.tracker.artifact;

import java.util.Collection;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Repositories of sources that have several, as operators name them. */
final class RepositoryNames {

    /** What Nexus, Artifactory and devpi take as a repository's name, devpi's of two parts; sources are called freely. */
    private static final Pattern FORM = Pattern.compile("(?<name>.*[^/\\s])/(?<repository>[A-Za-z0-9._-]{1,200})");

    private static final Pattern ONE_PART = Pattern.compile("[^/]+");
    private static final Pattern TWO_PARTS = Pattern.compile("[^/]+/[^/]+");

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
        return !names.isEmpty()
                && (names.contains(source + "/" + repository) || names.contains(kind.wireName() + "/" + repository));
    }

    /** Whether any repository is named of this source or of its kind. */
    boolean knows(String source, SourceKind kind) {
        Pattern repository = kind == SourceKind.DEVPI ? TWO_PARTS : ONE_PART;
        return names.stream()
                .anyMatch(name -> isOf(source, name, repository) || isOf(kind.wireName(), name, repository));
    }

    /** A source's name may hold slashes too, so what is behind it has to be a repository's whole name. */
    private static boolean isOf(String owner, String name, Pattern repository) {
        return name.length() > owner.length()
                && name.startsWith(owner)
                && name.charAt(owner.length()) == '/'
                && repository.matcher(name.substring(owner.length() + 1)).matches();
    }
}
