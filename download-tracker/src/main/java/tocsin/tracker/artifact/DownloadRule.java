package tocsin.tracker.artifact;

import java.util.Optional;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;
import tocsin.tracker.artifact.ArtifactOutcome.Part;

/** Which request is a download, and of what. */
public final class DownloadRule {

    /** Longer than any that a registry serves a package file under. */
    private static final int MAX_PATH_LENGTH = 2048;

    private static final ArtifactOutcome TOO_LONG =
            new ArtifactOutcome.Unknown("path has more than " + MAX_PATH_LENGTH + " characters");

    private final SourceRules sources;

    public DownloadRule(SourceRules sources) {
        this.sources = sources;
    }

    /** Pure. The cheap questions come first: most requests that a proxy serves are no downloads. */
    public ArtifactOutcome outcome(String source, SourceKind kind, ProxyRequest request) {
        if (!request.method().equalsIgnoreCase("GET")) {
            return new NotADownload(DropReason.METHOD);
        }
        return switch (request.status()) {
            case 200 -> withBytes(request, artifact(source, kind, request));
            case 206 -> withBytes(request, part(artifact(source, kind, request)));
            // Its bytes come from elsewhere, so their number says nothing.
            case 302, 307, 308 ->
                sources.isRedirecting(source, kind)
                        ? artifact(source, kind, request)
                        : new NotADownload(DropReason.REDIRECT);
            case 304 -> new NotADownload(DropReason.NOT_MODIFIED);
            default -> new NotADownload(reason(request.status()));
        };
    }

    private ArtifactOutcome artifact(String source, SourceKind kind, ProxyRequest request) {
        return request.path().length() > MAX_PATH_LENGTH
                ? TOO_LONG
                : PackagePath.read(sources, source, kind, request.path());
    }

    /**
     * Where a package came from of which operators say that it is in no public registry: its repository, or its source where that has but one.
     *
     * @return empty for any other
     */
    public Optional<String> internalOrigin(
            String source, SourceKind kind, ProxyRequest request, PackageKey packageKey) {
        RepositoryRules repositories = sources.repositories();
        return PackagePath.repository(sources, source, kind, request.path())
                .filter(repository -> repositories.isInternal(source, kind, repository))
                .or(() -> repositories.isInternal(source, Optional.of(kind), packageKey)
                        ? Optional.of(source)
                        : Optional.empty());
    }

    /** The same where the source told coordinates and no request. */
    public Optional<String> internalOrigin(String source, PackageKey packageKey) {
        return sources.repositories().isInternal(source, Optional.empty(), packageKey)
                ? Optional.of(source)
                : Optional.empty();
    }

    private static ArtifactOutcome withBytes(ProxyRequest request, ArtifactOutcome fetched) {
        return switch (fetched) {
            // An unknown length is no evidence against: a download that was dropped can never ring.
            case Download _, Part _ when request.bytes().orElse(1) <= 0 -> new NotADownload(DropReason.EMPTY);
            case Download _, Part _, NotADownload _, ArtifactOutcome.Unknown _ -> fetched;
        };
    }

    private static ArtifactOutcome part(ArtifactOutcome fetched) {
        if (!(fetched instanceof Download(Coordinates coordinates))) {
            return fetched;
        }
        return switch (coordinates.packageKey().ecosystem()) {
            case NPM -> new Part(coordinates);
            case PYPI -> new NotADownload(DropReason.PARTIAL);
        };
    }

    private static DropReason reason(int status) {
        return switch (status / 100) {
            case 4 -> DropReason.CLIENT_ERROR;
            case 5 -> DropReason.SERVER_ERROR;
            default -> DropReason.OTHER_STATUS;
        };
    }
}
