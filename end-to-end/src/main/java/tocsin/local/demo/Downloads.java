package tocsin.local.demo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;

/** What is fetched: the bad version among harmless ones, told in every way in which a proxy may tell it. */
final class Downloads {

    /** Of the organisation that must be told. */
    static final int AFFECTED = 3;

    /** All that is a download and somebody's, the harmless ones included: what comes to be recorded. */
    static final int RECORDED = 9;

    private static final Principal BUILD = Principal.newBuilder()
            .setType(PrincipalType.CI_CD)
            .setId("build-17")
            .setName("build")
            .setRepository("example-org/shop")
            .build();
    private static final Principal DEVELOPER = Principal.newBuilder()
            .setType(PrincipalType.HUMAN)
            .setId("user-4711")
            .setName("A developer")
            .setEmail("developer@example.org")
            .build();
    private static final Principal OTHERS = Principal.newBuilder()
            .setType(PrincipalType.CI_CD)
            .setId("build-3")
            .setName("build")
            .setRepository("other-org/site")
            .build();

    private final Cast cast;
    private final Instant now;
    private final List<DownloadObserved> observed = new ArrayList<>();

    private Downloads(Cast cast, Instant now) {
        this.cast = cast;
        this.now = now;
    }

    /** @param now when all of it is fetched, within some milliseconds */
    static List<DownloadObserved> of(Cast cast, Instant now) {
        Downloads downloads = new Downloads(cast, now);
        downloads.fetch();
        return List.copyOf(downloads.observed);
    }

    private void fetch() {
        String us = cast.affected().id();
        String others = cast.bystander().id();
        fetched(us, BUILD, "left-pad", "1.3.0");
        fetched(us, BUILD, Incident.PACKAGE, "3.3.5");
        fetched(us, BUILD, Incident.PACKAGE, Incident.AFFECTED);
        requested(us, DEVELOPER, "/" + Incident.PACKAGE, Optional.empty());
        requested(us, DEVELOPER, "/event-stream/-/event-stream-3.3.6.tgz", Optional.of(18_000L));
        fetchedWith(cast.orgToken(), Incident.PACKAGE, Incident.AFFECTED);
        fetchedWith(cast.personalToken(), Incident.PACKAGE, Incident.AFFECTED);
        fetchedWith(cast.personalToken(), "lodash", "4.17.21");
        fetched(others, OTHERS, Incident.PACKAGE, "4.0.1");
        fetched(others, OTHERS, Incident.PACKAGE, "3.3.5");
        requested(others, OTHERS, "/" + Incident.PACKAGE, Optional.of(52_000L));
    }

    private void fetched(String org, Principal principal, String name, String version) {
        observed.add(next().setOrgId(org)
                .setPrincipal(principal)
                .setEcosystem("npm")
                .setPackageName(name)
                .setVersion(version)
                .build());
    }

    private void fetchedWith(String tokenId, String name, String version) {
        observed.add(next().setTokenId(tokenId)
                .setEcosystem("npm")
                .setPackageName(name)
                .setVersion(version)
                .build());
    }

    /** As an access log has it; the tracker finds out what it was. */
    private void requested(String org, Principal principal, String path, Optional<Long> bytes) {
        observed.add(next().setOrgId(org)
                .setPrincipal(principal)
                .setSourceKind("npm-registry")
                .setRequest(ProxyRequest.newBuilder()
                        .setMethod("GET")
                        .setPath(path)
                        .setStatus(200)
                        .setBytes(bytes.orElse(null))
                        .build())
                .build());
    }

    private DownloadObserved.Builder next() {
        return DownloadObserved.newBuilder()
                .setEventId("demo-" + now.toEpochMilli() + "-" + observed.size())
                .setSource("demo-proxy")
                .setFetchedAt(now.plusMillis(observed.size()));
    }
}
