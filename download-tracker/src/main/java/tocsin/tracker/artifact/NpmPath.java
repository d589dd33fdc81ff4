package tocsin.tracker.artifact;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/**
 * Reads decoded paths of npm registries. A package file is {@code /<name>/-/<base>-<version>.tgz}, where base is the name without its scope; some
 * clients repeat the scope before it. Everything below {@code /-/} is the registry's API, and a name by itself or with a version is a document.
 */
final class NpmPath {

    private static final String FILE_SEPARATOR = "/-/";
    private static final String EXTENSION = ".tgz";
    private static final Unknown NO_SHAPE = new Unknown("path has no shape of an npm registry");
    private static final Unknown NO_NAME = new Unknown("path has no package name before its file");

    private static final String BESIDE_LETTERS_AND_DIGITS = "_.!~*'()-";

    /**
     * After its first digit. Strict enough to tell a version from a word, loose enough for files from before npm insisted on semver, such as
     * {@code handlebars-1.0.5beta.tgz}.
     */
    private static final String IN_VERSIONS_BESIDE_LETTERS_AND_DIGITS = ".+-";

    /** GitHub Packages: owner as scope, name, version, and the digest of the file. */
    private static final Pattern GITHUB_FILE = Pattern.compile("/download/(@[^/]+/[^/]+)/([^/]+)/[0-9a-f]{8,128}");

    /** JSR's files of revisions before the twelfth (jsr-io/jsr#1508): a revision, a scope's and a package's name in one, a version. */
    private static final Pattern JSR_FILE = Pattern.compile("/~/\\d{1,9}/(@jsr/[^/]+)/([^/]+)\\.tgz");

    private NpmPath() {}

    static ArtifactOutcome registry(String path) {
        if (path.startsWith("/-/npm/v1/attestations/")) {
            return new NotADownload(DropReason.ATTESTATION);
        }
        // The last one: a package may be called "-".
        int separator = path.lastIndexOf(FILE_SEPARATOR);
        if (separator > 0) {
            return file(path.substring(1, separator), path.substring(separator + FILE_SEPARATOR.length()));
        }
        return separator == 0 || isDocument(path.substring(1)) ? new NotADownload(DropReason.METADATA) : NO_SHAPE;
    }

    /** As the public registry, and {@code /<name>/download/<file>} (cnpmjs.org#439). */
    static ArtifactOutcome cnpm(String path) {
        ArtifactOutcome asRegistry = registry(path);
        if (asRegistry instanceof Download) {
            // First, since a package may be called "download".
            return asRegistry;
        }
        String separator = "/download/";
        int at = path.lastIndexOf(separator);
        return at > 0 && path.endsWith(EXTENSION)
                ? file(path.substring(1, at), path.substring(at + separator.length()))
                : asRegistry;
    }

    static ArtifactOutcome github(String path) {
        Matcher file = GITHUB_FILE.matcher(path);
        return file.matches() ? named(file.group(1), file.group(2)) : registry(path);
    }

    static ArtifactOutcome jsr(String path) {
        Matcher file = JSR_FILE.matcher(path);
        return file.matches() ? named(file.group(1), file.group(2)) : registry(path);
    }

    private static ArtifactOutcome file(String name, String file) {
        if (!isName(name)) {
            return NO_NAME;
        }
        int slash = name.indexOf('/');
        String scope = name.substring(0, slash + 1);
        String base = name.substring(slash + 1);
        String bare = !scope.isEmpty() && file.startsWith(scope) ? file.substring(scope.length()) : file;
        if (!bare.startsWith(base + "-")
                || !bare.endsWith(EXTENSION)
                || bare.length() <= base.length() + 1 + EXTENSION.length()) {
            return new Unknown("file is not named after its package");
        }
        return download(name, bare.substring(base.length() + 1, bare.length() - EXTENSION.length()));
    }

    private static ArtifactOutcome named(String name, String version) {
        return isName(name) ? download(name, version) : NO_NAME;
    }

    private static ArtifactOutcome download(String name, String version) {
        return isVersion(version) && version.length() <= Coordinates.MAX_VERSION_LENGTH
                ? new Download(new Coordinates(new PackageKey(Ecosystem.NPM, name), version))
                : new Unknown("file has no version after its package's name");
    }

    private static boolean isName(String name) {
        return name.length() <= PackageKey.MAX_NAME_LENGTH && isWrittenAsName(name);
    }

    /** What a name may hold and need no escape in a URL (validate-npm-package-name); neither "." nor "_" may start it. */
    private static boolean isWrittenAsName(String name) {
        int slash = name.startsWith("@") ? name.indexOf('/') : -1;
        int base = slash + 1;
        return base < name.length()
                && name.charAt(base) != '.'
                && name.charAt(base) != '_'
                && (slash < 0 || (slash > 1 && isOf(name, 1, slash, BESIDE_LETTERS_AND_DIGITS)))
                && isOf(name, base, name.length(), BESIDE_LETTERS_AND_DIGITS);
    }

    private static boolean isVersion(String text) {
        int digit = text.startsWith("v") ? 1 : 0;
        return digit < text.length()
                && text.charAt(digit) >= '0'
                && text.charAt(digit) <= '9'
                && isOf(text, digit, text.length(), IN_VERSIONS_BESIDE_LETTERS_AND_DIGITS);
    }

    /** Whether there are only ASCII letters, digits and these. A loop: every file that is observed comes by here. */
    private static boolean isOf(String text, int from, int to, String others) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && others.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** {@code /}, {@code /name}, {@code /name/version-or-tag}. What ends like a package file is none, whatever stands before it. */
    private static boolean isDocument(String path) {
        if (path.endsWith(EXTENSION)) {
            return false;
        }
        int slash = path.indexOf('/', path.startsWith("@") ? path.indexOf('/') + 1 : 0);
        String name = slash < 0 ? path : path.substring(0, slash);
        String rest = slash < 0 ? "" : path.substring(slash + 1);
        return path.isEmpty() || (isWrittenAsName(name) && rest.indexOf('/') < 0);
    }
}
