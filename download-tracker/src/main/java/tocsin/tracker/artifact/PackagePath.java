package tocsin.tracker.artifact;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Unknown;

/** Reads a request's path by the shapes of its source's kind. What has none of them is unknown. */
final class PackagePath {

    private static final Pattern NEXUS_REPOSITORY = Pattern.compile("/repository/(?<repository>[^/]+)(?<inside>/.*)?");
    private static final Pattern ARTIFACTORY_API =
            Pattern.compile("(?:/artifactory)?/api/(?<type>[^/]+)(?:/(?<repository>[^/]+)(?<inside>/.*)?)?");

    /** Storage, the console, and what packages of other ecosystems are fetched by. */
    private static final Pattern ARTIFACTORY_ELSEWHERE =
            Pattern.compile("(?:/artifactory)?/(?<repository>(?!api(?:/|$))[^/]+)(?:/.*)?");

    private static final Pattern DEVPI_INDEX = Pattern.compile("/(?<repository>[^/+]+/[^/+]+)(?:/.*)?");

    /** What is marked by a plus sign comes right behind the index, files too. */
    private static final Pattern DEVPI_IN_INDEX = Pattern.compile("/(?<repository>[^/+]+/[^/+]+)/\\+.*");

    /** Before its files stand a user and an index, of which a prefix may have taken some. */
    private static final Pattern DEVPI_FILE = Pattern.compile("(?<index>(?:/[^/+]+){0,2})/\\+[fe]/.*");

    /** What of a prefix is part of the shapes above, where operators narrow a source to one repository. */
    private static final Pattern NEXUS_PREFIX = Pattern.compile("(?<host>.*?)/repository(?:/[^/]+)?");

    private static final Pattern ARTIFACTORY_PREFIX =
            Pattern.compile("(?<host>.*?)(?:/artifactory)?/api(?:/[^/]+){0,2}");

    private static final Unknown NO_REPOSITORY =
            new Unknown("a package file outside of /repository/: the source may need a prefix");

    private static final Unknown NO_API = new Unknown(
            "a package file outside of /api/npm/ and /api/pypi/: the source may need a prefix, or its repositories named");

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
        if (isOfOthers(sources.repositories(), source, kind, path.get())) {
            return new NotADownload(DropReason.OTHER_REPOSITORY);
        }
        return CompanionFile.reason(path.get())
                .<ArtifactOutcome>map(NotADownload::new)
                .orElseGet(() -> read(kind, path.get()));
    }

    private static boolean isOfOthers(RepositoryRules rules, String source, SourceKind kind, String path) {
        return repository(kind, path)
                        .filter(name -> rules.isForeign(source, kind, name))
                        .isPresent()
                || certainRepository(kind, path)
                        .filter(name -> rules.isLeftOut(source, kind, name))
                        .isPresent();
    }

    /**
     * The repository of a path that has its kind's whole shape. In others what stands in its place may be the rest of a prefix that is missing, and
     * by it all would look like another repository's.
     */
    private static Optional<String> certainRepository(SourceKind kind, String path) {
        return switch (kind) {
            case NEXUS -> group(NEXUS_REPOSITORY, path, "repository");
            case ARTIFACTORY -> group(ARTIFACTORY_API, path, "repository");
            case DEVPI -> group(DEVPI_IN_INDEX, path, "repository");
            case NPM_REGISTRY,
                    NPM_GATEWAY,
                    VERDACCIO,
                    CNPM,
                    GITHUB_PACKAGES,
                    JSR,
                    PYPI_REGISTRY,
                    PYPI_GATEWAY,
                    PYPI_MIRROR -> Optional.empty();
        };
    }

    /**
     * The repository that a path is of.
     *
     * @return empty for a kind that has one only, and for a path that names none
     */
    static Optional<String> repository(SourceRules sources, String source, SourceKind kind, String target) {
        return hasRepositories(kind)
                ? PercentDecoding.decode(withoutQuery(target))
                        .flatMap(path -> sources.withoutPrefix(source, kind, path))
                        .flatMap(path -> repository(kind, path))
                : Optional.empty();
    }

    private static boolean hasRepositories(SourceKind kind) {
        return switch (kind) {
            case NEXUS, ARTIFACTORY, DEVPI -> true;
            case NPM_REGISTRY,
                    NPM_GATEWAY,
                    VERDACCIO,
                    CNPM,
                    GITHUB_PACKAGES,
                    JSR,
                    PYPI_REGISTRY,
                    PYPI_GATEWAY,
                    PYPI_MIRROR -> false;
        };
    }

    private static Optional<String> repository(SourceKind kind, String path) {
        return switch (kind) {
            case NEXUS -> group(NEXUS_REPOSITORY, path, "repository");
            case ARTIFACTORY ->
                group(ARTIFACTORY_API, path, "repository").or(() -> group(ARTIFACTORY_ELSEWHERE, path, "repository"));
            case DEVPI -> group(DEVPI_INDEX, path, "repository");
            case NPM_REGISTRY,
                    NPM_GATEWAY,
                    VERDACCIO,
                    CNPM,
                    GITHUB_PACKAGES,
                    JSR,
                    PYPI_REGISTRY,
                    PYPI_GATEWAY,
                    PYPI_MIRROR -> Optional.empty();
        };
    }

    /**
     * How much of a prefix the shapes of a kind do not know of.
     *
     * @param rest of the path, behind the prefix
     */
    static int hostPartLength(SourceKind kind, String prefix, String rest) {
        return switch (kind) {
            case NEXUS -> group(NEXUS_PREFIX, prefix, "host").orElse(prefix).length();
            case ARTIFACTORY ->
                group(ARTIFACTORY_PREFIX, prefix, "host").orElse(prefix).length();
            case DEVPI -> hostPartOfDevpi(prefix, rest);
            case NPM_REGISTRY,
                    NPM_GATEWAY,
                    VERDACCIO,
                    CNPM,
                    GITHUB_PACKAGES,
                    JSR,
                    PYPI_REGISTRY,
                    PYPI_GATEWAY,
                    PYPI_MIRROR -> prefix.length();
        };
    }

    private static int hostPartOfDevpi(String prefix, String rest) {
        Optional<String> index = group(DEVPI_FILE, rest, "index");
        int host = prefix.length();
        if (index.isPresent()) {
            long there = index.get().chars().filter(c -> c == '/').count();
            for (long missing = 2 - there; missing > 0 && host > 0; missing--) {
                host = prefix.lastIndexOf('/', host - 1);
            }
        }
        return Math.max(0, host);
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
        ArtifactOutcome outcome = inside.contains("/-/")
                ? NpmPath.registry(inside)
                : PypiPath.nexus(inside).orElseGet(() -> NpmPath.registry(inside));
        // Most repositories are of other ecosystems, and a path does not name its own. What is called like no package
        // file is none.
        return outcome instanceof Unknown && !PypiFile.isPackageFile(path)
                ? new NotADownload(DropReason.OTHER_REPOSITORY)
                : outcome;
    }

    /** Its paths name the ecosystem, but for those of Maven, Gradle and whatever is fetched from storage. */
    private static ArtifactOutcome artifactory(String path) {
        Matcher api = ARTIFACTORY_API.matcher(path);
        if (!api.matches()) {
            return PypiFile.isPackageFile(path) ? NO_API : new NotADownload(DropReason.OTHER_REPOSITORY);
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
