package tocsin.tracker.artifact;

import java.util.Locale;

/** Why a request that was understood is not a download. */
public enum DropReason {
    /** HEAD, PUT and whatever else is not GET. */
    METHOD,
    /** A package document, an index, a search, an audit, a wheel's metadata, a checksum: anything but a package file. */
    METADATA,
    /** A signature over a package file. */
    SIGNATURE,
    /** Provenance or another attestation of a package file. */
    ATTESTATION,
    /** A path outside of the source's configured prefix, or of a repository that holds another ecosystem's packages. */
    OTHER_REPOSITORY,
    /** 304: the client has the file from an earlier request. */
    NOT_MODIFIED,
    /** A redirect by a source that does not serve files by redirects. */
    REDIRECT,
    /** 206 of a PyPI file: installers read the directory at the end of a wheel by ranges and fetch the whole file afterwards. */
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
