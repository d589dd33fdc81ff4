package tocsin.tracker.artifact;

import tocsin.tracker.artifact.ArtifactOutcome.Download;
import tocsin.tracker.artifact.ArtifactOutcome.NotADownload;

/** Which request is a download, and of what. */
public final class ServedRequest {

    private ServedRequest() {}

    /** Pure. The cheap questions come first: most requests that a proxy serves are no downloads. */
    public static ArtifactOutcome outcome(SourceKind kind, ProxyRequest request) {
        if (!request.method().equalsIgnoreCase("GET")) {
            return new NotADownload(DropReason.METHOD);
        }
        return switch (request.status()) {
            case 200 -> {
                ArtifactOutcome fetched = NpmPath.read(request.path());
                // An unknown length is no evidence against: a download that was dropped can never ring.
                yield fetched instanceof Download && request.bytes().orElse(1) <= 0
                        ? new NotADownload(DropReason.EMPTY)
                        : fetched;
            }
            case 302, 307, 308 ->
                kind.isRedirecting() ? NpmPath.read(request.path()) : new NotADownload(DropReason.REDIRECT);
            case 206 -> new NotADownload(DropReason.PARTIAL);
            case 304 -> new NotADownload(DropReason.NOT_MODIFIED);
            default -> new NotADownload(reason(request.status()));
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
