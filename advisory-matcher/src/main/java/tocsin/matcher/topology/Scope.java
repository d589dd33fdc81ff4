package tocsin.matcher.topology;

import tocsin.schemas.PackageKey;

/**
 * A package of one registry: stored downloads of an internal package never mix with those of the public one of the same name,
 * not even when rows are counted and trimmed.
 *
 * @param originRegistry empty: the ecosystem's public registry
 */
record Scope(String originRegistry, PackageKey packageKey) {

    static Scope ofPublic(PackageKey packageKey) {
        return new Scope("", packageKey);
    }
}
