package tocsin.tracker.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/**
 * Reads names of Python package files. Wheels and eggs tell project and version by themselves. A source archive has hyphens for a border that both
 * sides may hold too, so it is read only where the project is known from elsewhere or one border alone is possible.
 */
final class PypiFile {

    private static final Pattern EXTENSION =
            Pattern.compile("\\.(?:whl|egg|exe|msi|zip|tgz|tar|tar\\.(?:gz|bz2|xz|Z))$");

    /** Binary distribution format: a build number begins with a digit; the tags are never empty. */
    private static final Pattern WHEEL = Pattern.compile(
            "(?<name>[A-Za-z0-9_.]+)-(?<version>[A-Za-z0-9_.!+]+)(?:-\\d[A-Za-z0-9_.]*)?-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+");

    /** setuptools: the interpreter and a platform may follow, the latter with hyphens. */
    private static final Pattern EGG = Pattern.compile(
            "(?<name>[A-Za-z0-9_.]+)-(?<version>[A-Za-z0-9_.!+]+)(?:-py\\d+(?:\\.\\d+)?(?:-[A-Za-z0-9_.-]+)?)?");

    /** What distutils appends to installers and to archives of built files. */
    private static final Pattern PLATFORM = Pattern.compile(
            "(?<stem>.+)\\.(?:win32|win-(?:amd64|arm32|arm64|ia64)|linux-[a-z0-9_]+|macosx-\\d+(?:\\.\\d+)*-[a-z0-9_]+)(?:-py\\d+(?:\\.\\d+)?)?");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");

    /** PyPI's oldest files are from before PEP 440; still, a version starts with a number. */
    private static final Pattern OLD_VERSION = Pattern.compile("v?\\d[A-Za-z0-9_.!+-]*");

    private PypiFile() {}

    /** Whether a path ends like a package file. */
    static boolean isPackageFile(String path) {
        return EXTENSION.matcher(path).find();
    }

    /**
     * @param name of the project, as the path tells it; empty where it does not
     * @param version as the path tells it, then with the name
     */
    static ArtifactOutcome read(String file, Optional<String> name, Optional<String> version) {
        Matcher extension = EXTENSION.matcher(file);
        if (!extension.find()) {
            return new Unknown("file is no Python package file");
        }
        if (name.isPresent() && !isName(name.get())) {
            return new Unknown("path has no project name before its file");
        }
        Optional<PackageKey> project = name.map(text -> new PackageKey(Ecosystem.PYPI, text));
        String stem = file.substring(0, extension.start());
        return switch (extension.group()) {
            case ".whl" -> outcome(tagged(WHEEL, stem, version), project, version);
            case ".egg" -> outcome(tagged(EGG, stem, version), project, version);
            case ".exe", ".msi" ->
                outcome(withoutPlatform(stem).flatMap(bare -> archive(bare, project)), project, version);
            default -> outcome(archive(withoutPlatform(stem).orElse(stem), project), project, version);
        };
    }

    /** A project and a version, as a file's name spells them. */
    private record Named(String name, String version) {

        boolean isOf(PackageKey project) {
            return isName(name) && new PackageKey(Ecosystem.PYPI, name).equals(project);
        }

        /**
         * File names may escape what a version's own text has, a hyphen or the plus sign of a local version, and have the normal form (PEP 625)
         * where a path has the version as it was uploaded.
         */
        boolean hasVersion(String text) {
            return plain(version).equals(plain(text)) || PythonVersion.areEqual(version, text);
        }

        private static String plain(String version) {
            return version.replace('_', '-').replace('+', '-');
        }
    }

    private static ArtifactOutcome outcome(
            Optional<Named> read, Optional<PackageKey> project, Optional<String> version) {
        if (read.isEmpty()
                || !isName(read.get().name())
                || !isVersion(read.get().version())) {
            return new Unknown("file does not tell project and version");
        }
        Named file = read.get();
        if (project.isPresent() && !file.isOf(project.get())) {
            return new Unknown("file is not named after its project");
        }
        if (version.isPresent() && !(isVersion(version.get()) && file.hasVersion(version.get()))) {
            return new Unknown("file is not named after its version");
        }
        return new Download(
                new Coordinates(new PackageKey(Ecosystem.PYPI, file.name()), version.orElse(file.version())));
    }

    private static Optional<Named> tagged(Pattern form, String stem, Optional<String> version) {
        Matcher parts = form.matcher(stem);
        if (!parts.matches()) {
            return Optional.empty();
        }
        // The underscore stands for a hyphen, which the format has no room for. Old tools wrote it for a local
        // version's plus sign too.
        String unescaped = parts.group("version").replace('_', '-');
        boolean ambiguous =
                version.isEmpty() && !unescaped.equals(parts.group("version")) && !PythonVersion.isValid(unescaped);
        return ambiguous ? Optional.empty() : Optional.of(new Named(parts.group("name"), unescaped));
    }

    private static Optional<String> withoutPlatform(String stem) {
        Matcher platform = PLATFORM.matcher(stem);
        return platform.matches() ? Optional.of(platform.group("stem")) : Optional.empty();
    }

    private static Optional<Named> archive(String stem, Optional<PackageKey> project) {
        return project.isPresent() ? afterName(stem, project.get()) : onlyBorder(stem);
    }

    private static Optional<Named> afterName(String stem, PackageKey project) {
        return borders(stem).stream()
                .map(border -> new Named(stem.substring(0, border), stem.substring(border + 1)))
                .filter(candidate -> candidate.isOf(project))
                .findFirst();
    }

    /**
     * A version starts with a number, so a border lies before one. Where only one hyphen does, and a version by PEP 440 follows it, there is
     * nothing to choose; {@code foo-1.0-1} and {@code foo-3d-1.0} stay open, whatever is likelier.
     */
    private static Optional<Named> onlyBorder(String stem) {
        List<Named> candidates = borders(stem).stream()
                .map(border -> new Named(stem.substring(0, border), stem.substring(border + 1)))
                .filter(candidate -> OLD_VERSION.matcher(candidate.version()).matches())
                .toList();
        return candidates.size() == 1
                ? candidates.stream()
                        .filter(candidate ->
                                isVersion(candidate.version()) && PythonVersion.isValid(candidate.version()))
                        .findFirst()
                : Optional.empty();
    }

    private static List<Integer> borders(String stem) {
        List<Integer> borders = new ArrayList<>();
        for (int at = stem.indexOf('-'); at >= 0; at = stem.indexOf('-', at + 1)) {
            if (at > 0 && at < stem.length() - 1) {
                borders.add(at);
            }
        }
        return borders;
    }

    private static boolean isVersion(String text) {
        return text.length() <= Coordinates.MAX_VERSION_LENGTH
                && OLD_VERSION.matcher(text).matches();
    }

    private static boolean isName(String text) {
        return text.length() <= PackageKey.MAX_NAME_LENGTH && NAME.matcher(text).matches();
    }
}
