package tocsin.dispatcher.incident;

import java.util.LinkedHashSet;
import java.util.Set;

/** Which ids make two advisories on one package the same incident. */
final class AliasGroup {

    private AliasGroup() {}

    /**
     * The advisory's own id and its aliases. A CVE as an alias joins nothing: one CVE may cover several defects, and feeds name it loosely; so
     * it counts only for the advisory that bears it as its own id.
     */
    static Set<String> of(Advisory advisory) {
        Set<String> ids = new LinkedHashSet<>();
        ids.add(advisory.id());
        advisory.aliases().stream().filter(alias -> !alias.startsWith("CVE-")).forEach(ids::add);
        return ids;
    }
}
