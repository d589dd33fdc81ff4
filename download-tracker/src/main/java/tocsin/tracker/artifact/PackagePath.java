package tocsin.tracker.artifact;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/** Reads a request's path by the shapes of its source's kind. What has none of them is unknown. */
final class PackagePath {

    private static final Unknown NO_SHAPE = new Unknown("path has no shape of its kind of source");

    private static final Pattern NEXUS_REPOSITORY = Pattern.compile("/repository/(?<repository>[^/]+)(?<inside>/.*)?");
    private static final Pattern ARTIFACTORY_API =
            Pattern.compile("(?:/artifactory)?/api/(?<type>[^/]+)(?:/(?<repository>[^/]+)(?<inside>/.*)?)?");

    /** What of a prefix is part of the shapes above, where operators narrow a source to one repository. */
    private static final Pattern NEXUS_PREFIX = Pattern.compile("(?<host>.*?)/repository(?:/[^/]+)?");

    private static final Pattern ARTIFACTORY_PREFIX =
            Pattern.compile("(?<host>.*?)(?:/artifactory)?/api(?:/[^/]+){0,2}");

    private static final Unknown NO_REPOSITORY =
            new Unknown("a package file outside of /repository/: the source may need a prefix");

    private PackagePath() {}

    /** @param target as the request had it, with its query and its escapes */
    static ArtifactOutcome read(SourceRules sources, String source, SourceKind kind, String target) {
        Optional<String> decoded = PercentDecoding.decode(withoutQuery(target));
        if (decoded.isEmpty()) {
            return new Unknown("path is not properly percent-encoded");
        }
        if (!decoded.get().startsWith("/")) {
            return new Unknown("path does not start with a slash");
        }
        Optional<String> path = sources.withoutPrefix(source, kind, decoded.get());
        if (path.isEmpty()) {
            return new NotADownload(DropReason.OTHER_REPOSITORY);
        }
        if (repository(kind, path.get())
                .filter(name -> sources.isForeign(source, kind, name))
                .isPresent()) {
            return new NotADownload(DropReason.OTHER_REPOSITORY);
        }
        return CompanionFile.reason(path.get())
                .<ArtifactOutcome>map(NotADownload::new)
                .orElseGet(() -> read(kind, path.get()));
    }

    /**
     * The repository that a path is of.
     *
     * @return empty for a kind that has one only, and for a path that names none
     */
    static Optional<String> repository(SourceRules sources, String source, SourceKind kind, String target) {
        return repositoryShape(kind)
                .flatMap(shape -> PercentDecoding.decode(withoutQuery(target))
                        .flatMap(path -> sources.withoutPrefix(source, kind, path))
                        .flatMap(path -> group(shape, path, "repository")));
    }

    private static Optional<String> repository(SourceKind kind, String path) {
        return repositoryShape(kind).flatMap(shape -> group(shape, path, "repository"));
    }

    private static Optional<Pattern> repositoryShape(SourceKind kind) {
        return switch (kind) {
            case NEXUS -> Optional.of(NEXUS_REPOSITORY);
            case ARTIFACTORY -> Optional.of(ARTIFACTORY_API);
            case NPM_REGISTRY,
                    NPM_GATEWAY,
                    VERDACCIO,
                    CNPM,
                    GITHUB_PACKAGES,
                    JSR,
                    PYPI_REGISTRY,
                    PYPI_GATEWAY,
                    PYPI_MIRROR,
                    DEVPI -> Optional.empty();
        };
    }

    /** How much of a prefix the shapes of a kind do not know of. */
    static int hostPartLength(SourceKind kind, String prefix) {
        Optional<String> host = switch (kind) {
            case NEXUS -> group(NEXUS_PREFIX, prefix, "host");
            case ARTIFACTORY -> group(ARTIFACTORY_PREFIX, prefix, "host");
            case NPM_REGISTRY,
                    NPM_GATEWAY,
                    VERDACCIO,
                    CNPM,
                    GITHUB_PACKAGES,
                    JSR,
                    PYPI_REGISTRY,
                    PYPI_GATEWAY,
                    PYPI_MIRROR,
                    DEVPI -> Optional.empty();
        };
        return host.orElse(prefix).length();
    }

    private static Optional<String> group(Pattern shape, String path, String name) {
        Matcher matcher = shape.matcher(path);
        return matcher.matches() ? Optional.ofNullable(matcher.group(name)) : Optional.empty();
    }

    private static ArtifactOutcome read(SourceKind kind, String path) {
        return switch (kind) {
            case NPM_REGISTRY, NPM_GATEWAY, VERDACCIO -> NpmPath.registry(path);
            case CNPM -> NpmPath.cnpm(path);
            case GITHUB_PACKAGES -> NpmPath.github(path);
            case JSR -> NpmPath.jsr(path);
            case NEXUS -> nexus(path);
            case ARTIFACTORY -> artifactory(path);
            case PYPI_REGISTRY, PYPI_GATEWAY -> PypiPath.fileHost(path);
            case PYPI_MIRROR -> PypiPath.mirror(path);
            case DEVPI -> PypiPath.devpi(path);
        };
    }

    /** One server has repositories of both ecosystems. Files are told apart by {@code /-/}, which no PyPI repository has. */
    private static ArtifactOutcome nexus(String path) {
        Matcher repository = NEXUS_REPOSITORY.matcher(path);
        if (!repository.matches()) {
            // A server below a path of its own would lose everything unseen.
            return (path.contains("/-/") && path.endsWith(".tgz")) || PypiFile.isPackageFile(path)
                    ? NO_REPOSITORY
                    : new NotADownload(DropReason.OTHER_REPOSITORY);
        }
        String inside = repository.group("inside") == null ? "/" : repository.group("inside");
        return inside.contains("/-/")
                ? NpmPath.registry(inside)
                : PypiPath.nexus(inside).orElseGet(() -> NpmPath.registry(inside));
    }

    /** Its paths name the ecosystem. */
    private static ArtifactOutcome artifactory(String path) {
        Matcher api = ARTIFACTORY_API.matcher(path);
        if (!api.matches()) {
            return NO_SHAPE;
        }
        String inside = api.group("inside") == null ? "/" : api.group("inside");
        return switch (api.group("type")) {
            case "npm" -> NpmPath.registry(inside);
            case "pypi" -> PypiPath.artifactory(inside);
            default -> new NotADownload(DropReason.OTHER_REPOSITORY);
        };
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
