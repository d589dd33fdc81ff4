package tocsin.tracker.artifact;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/**
 * Reads decoded paths of PyPI's file host and of what stands in for it. Some shapes name the project, one its version too; the others leave it to
 * the file's name, which does not always tell.
 */
final class PypiPath {

    private static final Unknown NO_SHAPE = new Unknown("path has no shape of a PyPI repository");
    private static final NotADownload METADATA = new NotADownload(DropReason.METADATA);

    /** By the file's own digest; Artifactory has the first folder twice. */
    private static final Pattern BY_DIGEST =
            Pattern.compile("/packages(?:/packages)?/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28,60}/(?<file>[^/]+)");

    /** As files lay before 2016, and as PyPI still redirects from: tag of the interpreter or {@code source}, initial, project. */
    private static final Pattern BY_INITIAL = Pattern.compile(
            "/packages(?:/packages)?/[A-Za-z0-9_.]{1,32}/(?<initial>[^/])/(?<name>[^/]+)/(?<file>[^/]+)");

    private static final Pattern BY_NAME_AND_VERSION =
            Pattern.compile("/packages/(?<name>[^/]+)/(?<version>[^/]+)/(?<file>[^/]+)");

    private static final Pattern LOCAL_ARTIFACTORY =
            Pattern.compile("/(?<name>[^/]+)/(?<version>[^/]+)/(?<file>[^/]+)");

    /** A folder behind a web server, and proxpi's {@code /index}. */
    private static final Pattern BY_NAME = Pattern.compile("/(?:simple|index)/(?<name>[^/]+)/(?<file>[^/]+)");

    /** pypiserver. */
    private static final Pattern FLAT = Pattern.compile("/packages/(?<file>[^/]+)");

    /** devpi by digest, in two parts, and by the address that it was mirrored from, in one. */
    private static final Pattern DEVPI =
            Pattern.compile("/[^/+]+/[^/+]+/(?:\\+f/[0-9a-f]{3}/[0-9a-f]{8,61}|\\+e/[^/]+)/(?<file>[^/]+)");

    /** devpi's own pages: marked by a plus sign, or an index, a project and a version of it. */
    private static final Pattern DEVPI_PAGE = Pattern.compile(
            "/|/\\+.*|/[^/+]+(?:/[^/+]+)?/?|/[^/+]+/[^/+]+/\\+(?!f/|e/).*|/[^/+]+/[^/+]+/[^/+]+(?:/[^/+]+)?/?");

    /**
     * Documentation below a version, whose files are called as their authors like, and what lies beside a package file: results of its tests, and
     * its version's documentation. Told by how a file's name ends, which is never the project's to choose.
     */
    private static final Pattern DEVPI_BESIDE_FILES = Pattern.compile(
            "/[^/+]+/[^/+]+/[^/+]+/[^/]+/\\+(?:d|doc)(?:/.*)?|/[^/+]+/[^/+]+/\\+f/[0-9a-f]{3}/[0-9a-f]{8,61}/"
                    + "(?:[^/]+\\.(?:whl|egg|exe|msi|zip|tgz|tar(?:\\.(?:gz|bz2|xz|Z))?)\\.toxresult[-0-9]*|[^/]+-[^/-]+\\.doc\\.zip)");

    private static final Pattern PROVENANCE = Pattern.compile("/integrity/[^/]+/[^/]+/[^/]+/provenance");
    private static final Pattern INDEX_PAGE =
            Pattern.compile("/|/(?:simple|index|pypi)(?:/.*)?|/packages/?|/(?:robots\\.txt|favicon\\.ico)");

    private PypiPath() {}

    static ArtifactOutcome fileHost(String path) {
        return firstOf(List.of(BY_DIGEST, BY_INITIAL), path).orElseGet(() -> page(path));
    }

    static ArtifactOutcome mirror(String path) {
        return firstOf(List.of(BY_DIGEST, BY_INITIAL, BY_NAME, FLAT), path).orElseGet(() -> page(path));
    }

    /** @return empty if it has nothing of a PyPI repository */
    static Optional<ArtifactOutcome> nexus(String path) {
        return firstOf(List.of(BY_NAME_AND_VERSION), path)
                .or(() -> path.startsWith("/simple/") || path.startsWith("/pypi/")
                        ? Optional.of(page(path))
                        : Optional.empty());
    }

    static ArtifactOutcome artifactory(String path) {
        return firstOf(List.of(BY_DIGEST, BY_INITIAL, LOCAL_ARTIFACTORY), path).orElseGet(() -> page(path));
    }

    static ArtifactOutcome devpi(String path) {
        if (DEVPI_BESIDE_FILES.matcher(path).matches()) {
            return METADATA;
        }
        return firstOf(List.of(DEVPI), path)
                .orElseGet(() ->
                        DEVPI_PAGE.matcher(path).matches() && !PypiFile.isPackageFile(path) ? METADATA : NO_SHAPE);
    }

    /** What ends like a package file is no page, whatever stands before it. */
    private static ArtifactOutcome page(String path) {
        if (PROVENANCE.matcher(path).matches()) {
            return new NotADownload(DropReason.ATTESTATION);
        }
        return INDEX_PAGE.matcher(path).matches() && !PypiFile.isPackageFile(path) ? METADATA : NO_SHAPE;
    }

    private static Optional<ArtifactOutcome> firstOf(List<Pattern> shapes, String path) {
        return shapes.stream()
                .map(shape -> shape.matcher(path))
                .filter(Matcher::matches)
                .filter(shape -> PypiFile.isPackageFile(shape.group("file")))
                .filter(PypiPath::initialFits)
                .findFirst()
                .map(shape -> PypiFile.read(shape.group("file"), group(shape, "name"), group(shape, "version")));
    }

    private static boolean initialFits(Matcher shape) {
        Optional<String> initial = group(shape, "initial");
        return initial.isEmpty() || shape.group("name").regionMatches(true, 0, initial.get(), 0, 1);
    }

    private static Optional<String> group(Matcher shape, String name) {
        return shape.namedGroups().containsKey(name) ? Optional.ofNullable(shape.group(name)) : Optional.empty();
    }
}
