package tocsin.tracker.artifact;

import java.util.Locale;

/** Why a request that was understood is not a download. */
public enum DropReason {
    /** HEAD, PUT and whatever else is not GET. */
    METHOD,
    /** A package document, a search, an audit: anything but a package file. */
    METADATA,
    /** 304: the client has the file from an earlier request. */
    NOT_MODIFIED,
    /** A redirect by a source that does not serve files by redirects. */
    REDIRECT,
    /** 206: only a part of the file was asked for. */
    PARTIAL,
    /** 4xx: the client got no file. */
    CLIENT_ERROR,
    /** 5xx: the client got no file. */
    SERVER_ERROR,
    /** Answered 200 with no bytes, as Verdaccio's first log line of each request says. */
    EMPTY,
    /** Any other status. */
    OTHER_STATUS;

    /** The form in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
