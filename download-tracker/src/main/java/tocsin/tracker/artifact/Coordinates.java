package tocsin.tracker.artifact;

import tocsin.schemas.PackageKey;

/**
 * One version of one package.
 *
 * @param version as it was fetched, not normalised; 1 to {@value #MAX_VERSION_LENGTH} printable characters without white space
 */
public record Coordinates(PackageKey packageKey, String version) {

    /** As much as npm takes (node-semver, MAX_LENGTH). */
    static final int MAX_VERSION_LENGTH = 256;

    /** @throws IllegalArgumentException if the version is empty, too long, or holds white space or control characters. */
    public Coordinates {
        if (version.isEmpty() || version.length() > MAX_VERSION_LENGTH) {
            throw new IllegalArgumentException(
                    "version must have 1 to " + MAX_VERSION_LENGTH + " characters, has " + version.length());
        }
        for (int i = 0; i < version.length(); i++) {
            char c = version.charAt(i);
            if (c <= ' ' || Character.isISOControl(c) || Character.isWhitespace(c)) {
                throw new IllegalArgumentException("version holds white space or control characters");
            }
        }
    }
}
