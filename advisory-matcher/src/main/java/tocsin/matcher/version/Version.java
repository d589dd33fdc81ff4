package tocsin.matcher.version;

import java.util.Optional;
import tocsin.schemas.Ecosystem;

/** A version in the order of its ecosystem. Two that compare as 0 are equal and have the same hash. */
public sealed interface Version extends Comparable<Version> permits NpmVersion, Pep440Version, LegacyPythonVersion {

    /** Longer ones are not read: node-semver's own limit, and far above any that a registry holds. */
    int MAX_LENGTH = 256;

    /** What npm puts in the place of a package that it removed. */
    String NPM_PLACEHOLDER = "0.0.1-security";

    /** @return empty if the text is no version of the ecosystem, or longer than {@link #MAX_LENGTH}. */
    static Optional<Version> parse(Ecosystem ecosystem, String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return switch (ecosystem) {
            case NPM -> NpmVersion.parse(text).map(version -> version);
            case PYPI ->
                Pep440Version.parse(text)
                        .<Version>map(version -> version)
                        .or(() -> LegacyPythonVersion.parse(text).map(version -> version));
        };
    }

    /**
     * npm puts the version 0.0.1-security in the place of a package that it removed, so who fetched that one fetched nothing bad,
     * whatever an advisory for the package says.
     */
    static boolean isPlaceholder(Ecosystem ecosystem, String text) {
        return switch (ecosystem) {
            case NPM ->
                text.contains(NPM_PLACEHOLDER) && NpmVersion.parse(text).equals(NpmVersion.parse(NPM_PLACEHOLDER));
            case PYPI -> false;
        };
    }
}
