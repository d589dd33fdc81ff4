package tocsin.local.journey;

import java.time.Instant;
import java.util.UUID;
import tocsin.local.api.Organisation;
import tocsin.local.osv.OsvRecord;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;

/** Messages that are valid; a journey changes the one thing that it is about. */
final class Sample {

    static final String BAD = "1.0.1";
    static final String GOOD = "1.0.0";

    private Sample() {}

    /** A build of the organisation fetched this version now. */
    static DownloadObserved download(Organisation organisation, String packageName, String version, Instant at) {
        return DownloadObserved.newBuilder()
                .setEventId(UUID.randomUUID().toString())
                .setSource("journey-proxy")
                .setFetchedAt(at)
                .setEcosystem("npm")
                .setPackageName(packageName)
                .setVersion(version)
                .setOrgId(organisation.id())
                .setPrincipal(build(organisation))
                .build();
    }

    /** As an access log has it. */
    static DownloadObserved request(Organisation organisation, String path, Instant at) {
        return DownloadObserved.newBuilder()
                .setEventId(UUID.randomUUID().toString())
                .setSource("journey-proxy")
                .setSourceKind("npm-registry")
                .setFetchedAt(at)
                .setRequest(ProxyRequest.newBuilder()
                        .setMethod("GET")
                        .setPath(path)
                        .setStatus(200)
                        .setBytes(4711L)
                        .build())
                .setOrgId(organisation.id())
                .setPrincipal(build(organisation))
                .build();
    }

    private static Principal build(Organisation organisation) {
        return Principal.newBuilder()
                .setType(PrincipalType.CI_CD)
                .setId("build-17")
                .setName("build")
                .setRepository(organisation.id() + "/shop")
                .build();
    }

    /** Version {@link #BAD} of the package is malicious. */
    static OsvRecord.Sendable advisory(String id, String packageName, Instant published) {
        return new OsvRecord.Sendable(id, """
                {"schema_version": "1.6.0", "id": "%s", "modified": "%s", "published": "%s",
                 "summary": "Malicious code in %s", "details": "It steals secrets.",
                 "affected": [{"package": {"ecosystem": "npm", "name": "%s"}, "versions": ["%s"]}],
                 "database_specific": {"severity": "CRITICAL"}}
                """.formatted(id, published, published, packageName, packageName, BAD));
    }
}
