package tocsin.tracker.artifact;

import java.util.Optional;
import java.util.regex.Pattern;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/**
 * Reads a path of the npm registry. A package file is {@code /<name>/-/<base>-<version>.tgz}, where base is the name without its scope; some
 * clients repeat the scope before it. Everything below {@code /-/} is the registry's API, and a name by itself or with a version is a document.
 */
final class NpmPath {

    private static final String FILE_SEPARATOR = "/-/";
    private static final String EXTENSION = ".tgz";

    /** What a name may hold and need no escape in a URL (validate-npm-package-name); neither "." nor "_" may start it. */
    private static final Pattern NAME = Pattern.compile("(?:@[\\w.!~*'()-]+/)?(?![._])[\\w.!~*'()-]+");

    /**
     * Strict enough to tell a version from a word, loose enough for files from before npm insisted on semver, such as
     * {@code handlebars-1.0.5beta.tgz}.
     */
    private static final Pattern VERSION = Pattern.compile("v?\\d[0-9A-Za-z.+-]*");

    private NpmPath() {}

    static ArtifactOutcome read(String target) {
        Optional<String> decoded = PercentDecoding.decode(withoutQuery(target));
        if (decoded.isEmpty()) {
            return new Unknown("path is not properly percent-encoded");
        }
        String path = decoded.get();
        if (!path.startsWith("/")) {
            return new Unknown("path does not start with a slash");
        }
        // The last one: a package may be called "-".
        int separator = path.lastIndexOf(FILE_SEPARATOR);
        if (separator > 0) {
            return file(path.substring(1, separator), path.substring(separator + FILE_SEPARATOR.length()));
        }
        return separator == 0 || isDocument(path.substring(1))
                ? new NotADownload(DropReason.METADATA)
                : new Unknown("path has no shape of the npm registry");
    }

    private static ArtifactOutcome file(String name, String file) {
        if (!NAME.matcher(name).matches() || name.length() > PackageKey.MAX_NAME_LENGTH) {
            return new Unknown("path has no package name before /-/");
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
        String version = bare.substring(base.length() + 1, bare.length() - EXTENSION.length());
        return VERSION.matcher(version).matches() && version.length() <= Coordinates.MAX_VERSION_LENGTH
                ? new Download(new Coordinates(new PackageKey(Ecosystem.NPM, name), version))
                : new Unknown("file has no version after its package's name");
    }

    /** {@code /}, {@code /name}, {@code /name/version-or-tag}. What ends like a package file is none, whatever stands before it. */
    private static boolean isDocument(String path) {
        if (path.endsWith(EXTENSION)) {
            return false;
        }
        int slash = path.indexOf('/', path.startsWith("@") ? path.indexOf('/') + 1 : 0);
        String name = slash < 0 ? path : path.substring(0, slash);
        String rest = slash < 0 ? "" : path.substring(slash + 1);
        return path.isEmpty() || (NAME.matcher(name).matches() && rest.indexOf('/') < 0);
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
