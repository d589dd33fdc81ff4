package tocsin.tracker;

import java.time.Instant;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;
import tocsin.schemas.avro.TokenRegistered;

/** Valid messages; a test changes the one thing that it is about. */
public final class Samples {

    public static final Instant FETCHED_AT = Instant.parse("2026-04-15T08:30:00Z");
    public static final String TOKEN_ID = "5e".repeat(32);

    private static final MessageCodec<DownloadObserved> OBSERVED = MessageCodec.of(DownloadObserved.class);
    private static final MessageCodec<TokenRegistered> REGISTERED = MessageCodec.of(TokenRegistered.class);

    private Samples() {}

    /** event-stream 3.3.6 through a Verdaccio, by the CI of organisation {@code acme}. */
    public static DownloadObserved.Builder observed() {
        return DownloadObserved.newBuilder()
                .setEventId("req-1")
                .setSource("verdaccio-eu")
                .setSourceKind("verdaccio")
                .setFetchedAt(FETCHED_AT)
                .setRequest(request("GET", "/event-stream/-/event-stream-3.3.6.tgz", 200))
                .setOrgId("acme")
                .setPrincipal(ci());
    }

    /** As {@link #observed()}, but the proxy knows only the token. */
    public static DownloadObserved.Builder observedByToken(String tokenId) {
        return observed().setOrgId(null).setPrincipal(null).setTokenId(tokenId);
    }

    public static ProxyRequest request(String method, String path, int status) {
        return ProxyRequest.newBuilder()
                .setMethod(method)
                .setPath(path)
                .setStatus(status)
                .setBytes(4_096L)
                .build();
    }

    public static Principal ci() {
        return Principal.newBuilder()
                .setType(PrincipalType.CI_CD)
                .setId("bot-1")
                .setName("deploy")
                .setRepository("acme/shop")
                .build();
    }

    public static TokenRegistered.Builder registered(String tokenId) {
        return TokenRegistered.newBuilder().setTokenId(tokenId).setOrgId("acme").setPrincipal(ci());
    }

    public static byte[] encoded(DownloadObserved.Builder observed) {
        return OBSERVED.encode(observed.build());
    }

    public static byte[] encoded(TokenRegistered.Builder registered) {
        return REGISTERED.encode(registered.build());
    }
}
