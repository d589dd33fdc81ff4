package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tocsin.local.api.Organisation;
import tocsin.local.api.PlatformClient;
import tocsin.local.api.RefusedRequest;
import tocsin.local.running.Waiting;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ReceivedRequest;

/**
 * Who fetched a bad version is told, and nobody else is: over the four services as processes of their own, two of
 * each, which may do on broker and database what they must and no more.
 */
class AlarmJourneyTest {

    private static final TraceCollector COLLECTOR = TraceCollector.start();
    private static final LeastPrivilege PRIVILEGE = new LeastPrivilege(COLLECTOR.settings());

    private static Journey journey;
    private static Organisation first;
    private static Organisation second;

    @BeforeAll
    static void start() {
        journey = Journey.start(AlarmJourneyTest.class, PRIVILEGE);
        ClusterJourney.doubleUnderLoad(journey);
        first = journey.organisation("first-org");
        second = journey.organisation("second-org");
    }

    @AfterAll
    static void stop() {
        journey.close();
        COLLECTOR.close();
    }

    @Test
    void ringsForADownloadThatCameBeforeTheAdvisory() {
        // Given
        DownloadObserved download = Sample.download(first, "advisory-after", Sample.BAD, journey.now());
        journey.observe(download);
        journey.awaitTakenIn(download);

        // When
        journey.publish(Sample.advisory("MAL-2026-1", "advisory-after", journey.now()));

        // Then
        ReceivedRequest webhook = journey.awaitWebhook(first, "advisory-after");
        assertDoesNotThrow(() -> new Webhook(first.endpoint().secret()).verify(webhook.bodyText(), webhook.headers()));
        JsonNode data = Journey.json(webhook).path("data");
        assertEquals("MAL-2026-1", data.at("/advisory/advisory_id").asText());
        assertEquals(Sample.BAD, data.at("/affected_downloads/0/version").asText());
        assertEquals(1, data.at("/summary/total_downloads").asInt());
        CaughtMail mail = journey.awaitMail(first.address(), "advisory-after");
        assertTrue(mail.text().orElseThrow().contains(Sample.BAD), mail.text().orElseThrow());
        assertEquals(
                Set.of(first.endpoint().id() + ": delivered", "email: delivered"),
                journey.awaitLedger(first, "advisory-after", 2));
    }

    @Test
    void ringsForADownloadThatArrivesAfterTheAdvisory() {
        // Given
        Instant fetched = journey.now();
        journey.publish(Sample.advisory("MAL-2026-2", "late-arrival", journey.now()));
        journey.awaitMatched("late-arrival");

        // When
        journey.observe(Sample.download(first, "late-arrival", Sample.BAD, fetched));

        // Then
        ReceivedRequest webhook = journey.awaitWebhook(first, "late-arrival");
        assertEquals(
                1, Journey.json(webhook).at("/data/summary/total_downloads").asInt());
        assertEquals(
                Set.of(true),
                journey.decoded(Topics.ADVISORY_MATCHED, MessageCodec.of(AdvisoryMatched.class)).stream()
                        .filter(match -> match.getAdvisory().getPackageName().equals("late-arrival"))
                        .map(AdvisoryMatched::getLate)
                        .collect(Collectors.toSet()));
    }

    /** Dashboards and alert rules may ask for what docs/metrics.md tells of, and for nothing else: the module deploy sees to that. */
    @Test
    void showsEveryMetricThatIsToldOf() {
        // Given
        DownloadObserved download = Sample.download(first, "measured", Sample.BAD, journey.now());
        journey.observe(download);
        journey.awaitTakenIn(download);

        // When
        journey.publish(Sample.advisory("MAL-2026-8", "measured", journey.now()));
        journey.awaitLedger(first, "measured", 2);

        // Then
        assertEquals(Set.of(), ShownMetrics.awaitAll(journey.stack()));
    }

    @Test
    void isOneTraceFromTheAdvisoryToWebhookAndMail() {
        // Given
        DownloadObserved download = Sample.download(first, "traced", Sample.BAD, journey.now());
        journey.observe(download);
        journey.awaitTakenIn(download);

        // When
        journey.publish(Sample.advisory("MAL-2026-9", "traced", journey.now()));
        ReceivedRequest webhook = journey.awaitWebhook(first, "traced");
        journey.awaitMail(first.address(), "traced");

        // Then
        Map<String, String> causes = Map.of(
                "advisory-matcher advisory.intake", "",
                "advisory-matcher advisory.match", "advisory-matcher advisory.intake",
                "notification-dispatcher match.dispatch", "advisory-matcher advisory.match",
                "webhook-sender webhook.attempt", "notification-dispatcher match.dispatch",
                "notification-dispatcher email.attempt", "notification-dispatcher match.dispatch");
        Journey.require(
                Waiting.until(
                        () -> COLLECTOR
                                .causesInTraceOf("tocsin.advisory_id", "MAL-2026-9")
                                .equals(causes),
                        Journey.LIMIT),
                () -> "told was " + COLLECTOR.causesInTraceOf("tocsin.advisory_id", "MAL-2026-9"));
        assertEquals(Optional.empty(), webhook.header("traceparent"));
    }

    @Test
    void tellsASecondOrganisationNothingOfTheFirst() {
        // Given
        DownloadObserved bad = Sample.download(first, "not-yours", Sample.BAD, journey.now());
        DownloadObserved good = Sample.download(second, "not-yours", Sample.GOOD, journey.now());
        journey.observe(good, bad);
        journey.awaitTakenIn(good, bad);

        // When
        journey.publish(Sample.advisory("MAL-2026-3", "not-yours", journey.now()));

        // Then
        journey.awaitWebhook(first, "not-yours");
        journey.awaitMail(first.address(), "not-yours");
        awaitEndOfTheWay(second);
        assertEquals(List.of(), journey.webhooks(second, "not-yours"));
        assertEquals(List.of(), journey.mails(second.address(), "not-yours"));
        assertEquals(List.of(), journey.ledger(second, "not-yours"));
    }

    @Test
    void showsASecondOrganisationNothingOfTheFirst() {
        // Given
        try (PlatformClient stranger =
                new PlatformClient(journey.stack().addresses(), journey.stack().issuer())) {
            // When
            RefusedRequest refusal = assertThrows(
                    RefusedRequest.class,
                    () -> stranger.deliveries(second.id(), first.endpoint().id()));

            // Then
            assertEquals(404, refusal.status());
        }
    }

    @Test
    void registersAnEndpointForWhoIsEntitledAndForNobodyElse() {
        // Given
        URI receiver = URI.create(journey.stack().receiver().url());

        // Until the dispatcher has told all that there are, nobody is refused for it; what nobody may register is then
        // answered 422.
        URI unregistrable = URI.create("http://example.com/");
        assertTrue(Waiting.until(() -> refusalOf("third-org", unregistrable) == 403, Journey.LIMIT));

        // When
        journey.platform().entitle("third-org");

        // Then
        assertDoesNotThrow(() -> journey.platform().registerEndpoint("third-org", receiver, List.of()));
    }

    @Test
    void ringsNothingForAMetadataRequest() {
        // Given
        DownloadObserved metadata = Sample.request(first, "/only-looked-at", journey.now());
        DownloadObserved tarball =
                Sample.request(second, "/only-looked-at/-/only-looked-at-" + Sample.BAD + ".tgz", journey.now());
        journey.observe(metadata, tarball);
        journey.awaitTakenIn(DownloadObserved.newBuilder(tarball)
                .setPackageName("only-looked-at")
                .setVersion(Sample.BAD)
                .build());

        // When
        journey.publish(Sample.advisory("MAL-2026-4", "only-looked-at", journey.now()));

        // Then
        journey.awaitWebhook(second, "only-looked-at");
        awaitEndOfTheWay(first);
        assertEquals(List.of(), journey.webhooks(first, "only-looked-at"));
        assertEquals(
                List.of("org:second-org"),
                journey.recorded().stream()
                        .filter(recorded -> recorded.getPackageName().equals("only-looked-at"))
                        .map(recorded -> recorded.getAudience())
                        .toList());
    }

    @Test
    void tellsNothingOfDownloadsFromBeforeTheDestinationWasSaved() {
        // Given
        Organisation late = journey.organisation("late-saver");
        Instant before = journey.now().minus(Duration.ofHours(1));
        DownloadObserved tooOld = Sample.download(late, "before-saved", Sample.BAD, before);
        DownloadObserved other = Sample.download(late, "after-saved", Sample.BAD, before);
        DownloadObserved inTime = Sample.download(late, "after-saved", Sample.BAD, journey.now());
        journey.observe(tooOld, other, inTime);
        journey.awaitTakenIn(tooOld, other, inTime);

        // When
        journey.publish(Sample.advisory("MAL-2026-5", "before-saved", journey.now()));
        journey.publish(Sample.advisory("MAL-2026-6", "after-saved", journey.now()));

        // Then: of two downloads one is told, of one nothing
        ReceivedRequest webhook = journey.awaitWebhook(late, "after-saved");
        assertEquals(
                1, Journey.json(webhook).at("/data/summary/total_downloads").asInt());
        assertEquals(
                inTime.getFetchedAt().truncatedTo(ChronoUnit.SECONDS),
                Instant.parse(Journey.json(webhook)
                        .at("/data/affected_downloads/0/timestamp")
                        .asText()));
        awaitEndOfTheWay(late);
        assertEquals(List.of(), journey.webhooks(late, "before-saved"));
        assertEquals(List.of(), journey.mails(late.address(), "before-saved"));
    }

    @Test
    void mailsTheHolderOfATokenWithAVerifiedAddress() throws Exception {
        // Given
        String tokenId =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(new byte[] {1, 2, 3}));
        journey.platform().registerPersonalToken(tokenId, "holder@example.com", journey.now(), "ja");
        DownloadObserved download = DownloadObserved.newBuilder(
                        Sample.download(first, "by-token", Sample.BAD, journey.now()))
                .clearOrgId()
                .clearPrincipal()
                .setTokenId(tokenId)
                .build();
        journey.observe(download);
        journey.awaitTakenIn(download);

        // When
        journey.publish(Sample.advisory("MAL-2026-7", "by-token", journey.now()));

        // Then
        CaughtMail mail = journey.awaitMail("holder@example.com", "by-token");
        assertTrue(mail.text().orElseThrow().contains(Sample.BAD), mail.text().orElseThrow());
        assertEquals(List.of(), journey.webhooks(first, "by-token"));
    }

    /** On the same stack: each costs a machine of two cores half a minute. */
    @Nested
    class Cluster extends ClusterJourney {
        Cluster() {
            super(journey);
        }
    }

    @Nested
    class Access extends AccessJourney {
        Access() {
            super(journey, PRIVILEGE);
        }
    }

    private static int refusalOf(String org, URI url) {
        return assertThrows(RefusedRequest.class, () -> journey.platform().registerEndpoint(org, url, List.of()))
                .status();
    }

    /** What was on its way to this organisation has come: a later alarm of its own went all the way. */
    private static void awaitEndOfTheWay(Organisation organisation) {
        String sentinel = "sentinel-" + java.util.UUID.randomUUID();
        DownloadObserved download = Sample.download(organisation, sentinel, Sample.BAD, journey.now());
        journey.observe(download);
        journey.awaitTakenIn(download);
        journey.publish(Sample.advisory("MAL-" + sentinel, sentinel, journey.now()));
        journey.awaitWebhook(organisation, sentinel);
        journey.awaitMail(organisation.address(), sentinel);
    }
}
