package tocsin.local.shiplog;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;

/**
 * How the requests of one log are told.
 *
 * @param source the proxy's name
 * @param kind of its paths
 * @param org organisation that all its requests belong to, if they do
 * @param originRegistry host of the registry that all its packages come from; empty: the public one, or what the tracker is told of its repositories
 * @param userAs what its users are, where a user name is to become a principal; needs an organisation
 */
record Shipping(
        String source,
        String kind,
        Optional<String> originRegistry,
        Optional<String> org,
        Optional<PrincipalType> userAs) {

    /** As docs/sources.md lists them. */
    static final List<String> KINDS = List.of(
            "npm-registry",
            "npm-gateway",
            "verdaccio",
            "cnpm",
            "github-packages",
            "jsr",
            "nexus",
            "artifactory",
            "pypi-registry",
            "pypi-gateway",
            "pypi-mirror",
            "devpi");

    /** Characters of a source's name; as the tracker takes it. */
    static final int MAX_SOURCE = 128;

    private static final int MAX_PRINCIPAL_ID = 256;

    /**
     * The same line gives the same id, however often it is read and from wherever: by the proxy's own id, or by all that the line says.
     *
     * @param line that the request was read from
     */
    DownloadObserved observed(LoggedRequest request, String line) {
        OptionalLong bytes = request.bytes();
        return DownloadObserved.newBuilder()
                .setEventId(request.requestId()
                        .filter(id -> id.length() <= 200)
                        .map(id -> "request:" + id)
                        .orElseGet(() -> "line:" + Credentials.sha256(line)))
                .setSource(source)
                .setSourceKind(kind)
                .setFetchedAt(request.at())
                .setRequest(ProxyRequest.newBuilder()
                        .setMethod(request.method())
                        .setPath(request.target())
                        .setStatus(request.status())
                        .setBytes(bytes.isPresent() ? bytes.getAsLong() : null)
                        .build())
                .setOriginRegistry(originRegistry.orElse(null))
                .setOrgId(org.orElse(null))
                .setPrincipal(org.isPresent() ? principal(request) : null)
                .setTokenId(request.tokenId().orElse(null))
                .build();
    }

    /** Within an organisation, somebody unnamed is still somebody of it. */
    private Principal principal(LoggedRequest request) {
        Optional<String> user = request.user().filter(name -> userAs.isPresent() && name.length() <= MAX_PRINCIPAL_ID);
        return Principal.newBuilder()
                .setType(user.isPresent() ? userAs.orElseThrow() : PrincipalType.ANONYMOUS)
                .setId(user.orElse("anonymous"))
                .setName(user.orElse(null))
                .build();
    }
}
