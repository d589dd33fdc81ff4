package tocsin.schemas;

import java.util.Arrays;
import java.util.Optional;

/** A package ecosystem. */
public enum Ecosystem {
    NPM("npm", "npm"),
    PYPI("pypi", "PyPI");

    private final String wireName;
    private final String osvName;

    Ecosystem(String wireName, String osvName) {
        this.wireName = wireName;
        this.osvName = osvName;
    }

    /** The name in messages, keys and payloads. */
    public String wireName() {
        return wireName;
    }

    /** The name in OSV records (osv-schema, "Defined ecosystems"). */
    public String osvName() {
        return osvName;
    }

    /** @return empty for an ecosystem that Tocsin does not know. */
    public static Optional<Ecosystem> ofWireName(String name) {
        return Arrays.stream(values()).filter(e -> e.wireName.equals(name)).findFirst();
    }
}
