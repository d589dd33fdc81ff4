package tocsin.tracker.intake;

import tocsin.tracker.artifact.Coordinates;
import tocsin.tracker.artifact.ProxyRequest;
import tocsin.tracker.artifact.SourceKind;

/** What was fetched, as the source puts it. */
public sealed interface Fetch {

    /** The source knows that it was a download, and of what. */
    record Named(Coordinates coordinates) implements Fetch {}

    /** The source knows only the request. */
    record Requested(SourceKind kind, ProxyRequest request) implements Fetch {}
}
