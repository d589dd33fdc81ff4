package tocsin.tracker.artifact;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;

/** Packages of sources, as operators name them: one by one, or all that begin alike, such as a scope. */
final class PackageNames {

    /** PEP 503. */
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    private final List<Entry> entries;

    /**
     * @param ecosystem empty: of whichever
     * @param beginning whether it stands for all names that begin so
     */
    private record Entry(String owner, Optional<Ecosystem> ecosystem, String name, boolean beginning) {

        static Entry of(String text) {
            int equals = text.indexOf('=');
            boolean beginning = text.endsWith("*");
            String named = text.substring(equals + 1, text.length() - (beginning ? 1 : 0))
                    .strip();
            // No name of either ecosystem holds a colon.
            int colon = named.indexOf(':');
            Optional<Ecosystem> ecosystem =
                    colon < 0 ? Optional.empty() : Ecosystem.ofWireName(named.substring(0, colon));
            String name = named.substring(colon + 1);
            if (equals < 1 || name.isEmpty() || name.indexOf('*') >= 0 || (colon >= 0 && ecosystem.isEmpty())) {
                throw new IllegalArgumentException(
                        "a package is written name=package or name=npm:package, with an asterisk at its end only: "
                                + text);
            }
            return new Entry(text.substring(0, equals).strip(), ecosystem, name, beginning);
        }

        boolean is(PackageKey key) {
            if (ecosystem.filter(it -> it != key.ecosystem()).isPresent()) {
                return false;
            }
            String wanted = switch (key.ecosystem()) {
                case NPM -> name;
                case PYPI -> SEPARATORS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-");
            };
            return beginning ? key.name().startsWith(wanted) : key.name().equals(wanted);
        }
    }

    /** @throws IllegalArgumentException for one of another form. */
    PackageNames(Collection<String> names) {
        this.entries = names.stream().map(String::strip).map(Entry::of).toList();
    }

    boolean has(String source, Optional<SourceKind> kind, PackageKey packageKey) {
        for (Entry entry : entries) {
            if ((entry.owner().equals(source)
                            || kind.filter(it -> it.wireName().equals(entry.owner()))
                                    .isPresent())
                    && entry.is(packageKey)) {
                return true;
            }
        }
        return false;
    }
}
