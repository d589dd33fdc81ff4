package tocsin.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AdvisoryScan;
import tocsin.schemas.avro.AdvisoryState;
import tocsin.schemas.avro.AdvisoryStatus;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.EmailRequested;
import tocsin.schemas.avro.ErasureSweep;
import tocsin.schemas.avro.FanoutReached;
import tocsin.schemas.avro.FeedPosition;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.HoldState;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.schemas.avro.PackagePopularity;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.schemas.avro.ProxyRequest;
import tocsin.schemas.avro.ScanProgress;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.schemas.avro.WebhookRequested;

/** One message of each type; the golden bytes are made of these. */
final class SampleMessages {

    private static final Instant FETCHED = Instant.parse("2026-04-15T08:30:00Z");
    private static final Instant PUBLISHED = Instant.parse("2026-04-17T10:00:00Z");
    private static final String TOKEN_ID = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static final Principal BOT = Principal.newBuilder()
            .setType(PrincipalType.CI_CD)
            .setId("bot_1")
            .setName("release-bot")
            .setRepository("example-org/example-repo")
            .build();

    private static final AdvisoryAccepted ADVISORY = AdvisoryAccepted.newBuilder()
            .setFeed("osv")
            .setAdvisoryId("GHSA-mh6f-8j2x-4483")
            .setEcosystem("npm")
            .setPackageName("event-stream")
            .setRevision(PUBLISHED)
            .setPublishedAt(PUBLISHED)
            .setFirstReceivedAt(PUBLISHED.plusSeconds(60))
            .setNarrowed(false)
            .setAliases(List.of("MAL-0000-0001"))
            .setKind(AdvisoryKind.MALWARE)
            .setSeverity(Severity.CRITICAL)
            .setSummary("Takes wallets")
            .setAdvisoryUrl("https://osv.dev/vulnerability/GHSA-mh6f-8j2x-4483")
            .setAllVersions(false)
            .setVersions(List.of("3.3.6"))
            .setRanges(List.of(VersionRange.newBuilder()
                    .setEvents(List.of(
                            event(VersionEventKind.INTRODUCED, "3.3.6"), event(VersionEventKind.FIXED, "4.0.0")))
                    .build()))
            .setReceivedAt(PUBLISHED.plusSeconds(120))
            .setAnnouncedAt(PUBLISHED.plusSeconds(90))
            .setHeld(EarlierRevision.newBuilder()
                    .setReceivedAt(PUBLISHED.plusSeconds(300))
                    .setAnnouncedAt(PUBLISHED.plusSeconds(240))
                    .setAllVersions(true)
                    .setVersions(List.of())
                    .setRanges(List.of())
                    .build())
            .setEarlier(List.of(EarlierRevision.newBuilder()
                    .setReceivedAt(PUBLISHED.plusSeconds(60))
                    .setAnnouncedAt(PUBLISHED)
                    .setAllVersions(false)
                    .setVersions(List.of("3.3.6"))
                    .setRanges(List.of())
                    .build()))
            .build();

    private static final String HOLD_ID = "7f0c4d1e-2f5b-5d0a-9d4b-000000000001";

    private static final PrivacyErasure ERASURE = PrivacyErasure.newBuilder()
            .setErasureId("0b2e6c43-6a52-8f0f-9d3e-000000000001")
            .setRequestedAt(PUBLISHED)
            .setOrgId("org_1")
            .setPrincipalId("user_1")
            .build();

    private SampleMessages() {}

    static List<SpecificRecord> all() {
        return List.of(
                BOT,
                ADVISORY,
                DownloadObserved.newBuilder()
                        .setEventId("req-1")
                        .setSource("proxy-1")
                        .setSourceKind("npm-registry")
                        .setFetchedAt(FETCHED)
                        .setRequest(ProxyRequest.newBuilder()
                                .setMethod("GET")
                                .setPath("/event-stream/-/event-stream-3.3.6.tgz")
                                .setStatus(200)
                                .setBytes(40_531L)
                                .build())
                        .setTokenId(TOKEN_ID)
                        .build(),
                DownloadRecorded.newBuilder()
                        .setEventId("5f3a")
                        .setSource("proxy-1")
                        .setEcosystem("npm")
                        .setPackageName("event-stream")
                        .setVersion("3.3.6")
                        .setFetchedAt(FETCHED)
                        .setReceivedAt(FETCHED.plusMillis(250))
                        .setAudience("org:org_1")
                        .setPrincipal(BOT)
                        .build(),
                TokenRegistered.newBuilder()
                        .setTokenId(TOKEN_ID)
                        .setVerifiedEmail("dev@example.com")
                        .setVerifiedAt(FETCHED)
                        .build(),
                AdvisoryPublished.newBuilder().setFeed("osv").setOsv("{}").build(),
                AdvisoryScan.newBuilder()
                        .setPartition(3)
                        .setAdvisory(ADVISORY)
                        .setAfterAudience("org:org_1")
                        .setStartedAt(PUBLISHED)
                        .setAudiences(4L)
                        .build(),
                AdvisoryStatus.newBuilder()
                        .setFeed("osv")
                        .setAdvisoryId("GHSA-mh6f-8j2x-4483")
                        .setPackageKey("npm:event-stream")
                        .setState(AdvisoryState.ACCEPTED)
                        .setRevision(PUBLISHED)
                        .setStatement("0d9a3a5c-6b0f-5d5e-8a53-6d3f3f1f6f11")
                        .setTakesBack(false)
                        .setAcceptedPartition(2)
                        .setAcceptedOffset(17L)
                        .setAt(PUBLISHED.plusSeconds(60))
                        .build(),
                ScanProgress.newBuilder()
                        .setPartition(3)
                        .setStatement("0d9a3a5c-6b0f-5d5e-8a53-6d3f3f1f6f11")
                        .setAudiences(4L)
                        .setDone(false)
                        .setAt(PUBLISHED.plusSeconds(61))
                        .build(),
                new FanoutReached(3, 2, 17L),
                PackagePopularity.newBuilder()
                        .setEcosystem("npm")
                        .setPackageName("event-stream")
                        .setPartition(3)
                        .setAudiences(256)
                        .build(),
                AdvisoryHeld.newBuilder()
                        .setHoldId(HOLD_ID)
                        .setAdvisory(ADVISORY)
                        .setState(HoldState.REJECTED)
                        .setHeldAt(PUBLISHED)
                        .setAudiences(2048)
                        .setDecidedAt(PUBLISHED.plusSeconds(600))
                        .setDecidedBy("admin-1")
                        .setReason("the import dropped the scopes")
                        .build(),
                AdvisoryDecision.newBuilder()
                        .setHoldId(HOLD_ID)
                        .setFeed("osv")
                        .setAdvisoryId("GHSA-mh6f-8j2x-4483")
                        .setEcosystem("npm")
                        .setPackageName("event-stream")
                        .setDecision(HoldDecision.REJECT)
                        .setDecidedAt(PUBLISHED.plusSeconds(600))
                        .setDecidedBy("admin-1")
                        .setReason("the import dropped the scopes")
                        .build(),
                FeedPosition.newBuilder()
                        .setFeed("osv")
                        .setFolder("npm")
                        .setUrl("https://osv.example.com/bucket")
                        .setArchiveEntries(0)
                        .setImportedAt(PUBLISHED)
                        .setListEtag("\"5d1\"")
                        .setThrough(PUBLISHED)
                        .setSucceededAt(PUBLISHED.plusSeconds(60))
                        .build(),
                AdvisoryMatched.newBuilder()
                        .setMatchId("0d9a3a5c-6b0f-5d5e-8a53-6d3f3f1f6f10")
                        .setAdvisory(ADVISORY)
                        .setAudience("org:org_1")
                        .setDownloads(List.of(AffectedDownload.newBuilder()
                                .setEventId("5f3a")
                                .setVersion("3.3.6")
                                .setFetchedAt(FETCHED)
                                .setReceivedAt(FETCHED.plusMillis(250))
                                .setPrincipal(BOT)
                                .build()))
                        .setFetchedVersions(List.of("3.3.6"))
                        .setLate(false)
                        .build(),
                PlatformEvent.newBuilder()
                        .setEventId("evt_1")
                        .setOrgId("org_1")
                        .setType("member.joined")
                        .setOccurredAt(FETCHED)
                        .setData("{\"user_id\":\"user_1\"}")
                        .setWebhookEndpointIds(List.of("WH1"))
                        .build(),
                ERASURE,
                ErasureSweep.newBuilder()
                        .setErasure(ERASURE)
                        .setPartition(3)
                        .setAfterRow(bytes("row-2"))
                        .setFound(List.of(bytes("row-1")))
                        .setDone(false)
                        .build(),
                OrgEntitlements.newBuilder()
                        .setOrgId("org_1")
                        .setGuard(true)
                        .setWebhooks(false)
                        .setChangedAt(PUBLISHED)
                        .build(),
                WebhookEndpoint.newBuilder()
                        .setEndpointId("WH1")
                        .setOrgId("org_1")
                        .setEnabled(true)
                        .setEventTypes(List.of("guard.malicious_package_detected"))
                        .build(),
                WebhookRequested.newBuilder()
                        .setWebhookId("msg_1")
                        .setNotificationId("n_1")
                        .setOrgId("org_1")
                        .setEndpointId("WH1")
                        .setType("guard.malicious_package_detected")
                        .setOccurredAt(PUBLISHED)
                        .setData("{}")
                        .build(),
                EmailRequested.newBuilder()
                        .setEmailId("mail_1")
                        .setNotificationId("n_1")
                        .setAudience("org:org_1")
                        .setRecipient("security@example.com")
                        .setLanguage("en")
                        .setSubject("Subject")
                        .setText("Text")
                        .setHtml("<p>Text</p>")
                        .build(),
                DeliverySettled.newBuilder()
                        .setNotificationId("n_1")
                        .setMessageId("msg_1")
                        .setDestination("WH1")
                        .setOutcome(DeliveryOutcome.FAILED)
                        .setAttempts(4)
                        .setReason("the receiver answered 503")
                        .setSettledAt(PUBLISHED)
                        .build());
    }

    private static VersionEvent event(VersionEventKind kind, String version) {
        return VersionEvent.newBuilder().setKind(kind).setVersion(version).build();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
