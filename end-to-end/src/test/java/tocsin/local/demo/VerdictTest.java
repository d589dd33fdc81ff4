package tocsin.local.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.standardwebhooks.Webhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.local.api.Organisation;
import tocsin.local.api.WebhookEndpoint;
import tocsin.local.running.ClockFactory;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

class VerdictTest {

    private static final Instant PUBLISHED = Instant.parse("2026-01-02T03:04:05Z");
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BODY = """
            {"type":"guard.malicious_package_detected","timestamp":"2026-01-02T03:04:05Z","data":{
             "advisory":{"advisory_id":"GHSA-mh6f-8j2x-4483","package_name":"event-stream"},
             "affected_downloads":[{"version":"3.3.6"},{"version":"3.3.6"},{"version":"3.3.6"}]}}
            """;

    private static LocalAuthority authority;
    private static WebhookReceiver receiver;
    private static Cast cast;

    private final List<CaughtMail> mails = new ArrayList<>(List.of(
            mail("security@example.org", "event-stream 3.3.6 is malicious"),
            mail("developer@example.com", "event-stream 3.3.6 is malicious")));
    private final List<ReceivedRequest> webhooks = new ArrayList<>();

    @BeforeAll
    static void start() {
        authority = LocalAuthority.create();
        receiver = WebhookReceiver.answering(authority, 200);
        cast = new Cast(
                organisation("example-org", "security@example.org"),
                organisation("other-org", "alarms@example.net"),
                "0".repeat(64),
                "developer@example.com",
                "1".repeat(64));
    }

    @AfterAll
    static void stop() {
        receiver.close();
    }

    @Test
    void isGoodWhenAllCameAndNothingElse() throws Exception {
        // Given
        webhooks.add(posted(cast.affected(), BODY, SECRET));

        // When
        Verdict verdict = verdict();

        // Then
        assertEquals(List.of(), verdict.faults());
        assertTrue(verdict.webhookVerified());
        assertEquals(Optional.of(Duration.ofMillis(250)), verdict.emailAfter());
        assertEquals(
                List.of(
                        "ok",
                        "webhook_verified",
                        "email_received",
                        "personal_email_received",
                        "advisory_to_webhook_ms",
                        "advisory_to_email_ms",
                        "faults"),
                List.copyOf(verdict.fields().keySet()));
    }

    @Test
    void findsThatNothingCame() {
        // Given
        mails.clear();

        // Then
        assertEquals(
                List.of(
                        "no webhook came to example-org",
                        "no mail that names the package and its version came to example-org",
                        "no mail that names the package and its version came to the holder of the personal token"),
                verdict().faults());
        assertEquals(Optional.empty(), verdict().webhookAfter());
    }

    @Test
    void findsASignatureMadeWithAnotherSecret() throws Exception {
        // Given
        webhooks.add(posted(cast.affected(), BODY, "whsec_" + "A".repeat(32)));

        // Then
        assertEquals(List.of("the webhook's signature is not good"), verdict().faults());
        assertFalse(verdict().webhookVerified());
    }

    @Test
    void findsWhatTheWebhookTellsWrongly() throws Exception {
        // Given
        webhooks.add(posted(
                cast.affected(),
                BODY.replace("[{\"version\":\"3.3.6\"},", "[{\"version\":\"3.3.5\"},{\"version\":\"3.3.6\"},"),
                SECRET));

        // Then
        assertEquals(
                List.of(
                        "the webhook's number of downloads is 4 and not 3",
                        "the webhook's version is 3.3.5 and not 3.3.6"),
                verdict().faults());
    }

    @Test
    void findsWhatCameToTheBystander() throws Exception {
        // Given
        webhooks.add(posted(cast.affected(), BODY, SECRET));
        webhooks.add(posted(cast.bystander(), BODY, SECRET));
        mails.add(mail("alarms@example.net", "event-stream 3.3.6 is malicious"));

        // Then
        assertEquals(List.of("2 more came than should"), verdict().faults());
    }

    @Test
    void findsThatTheSameWasToldTwice() throws Exception {
        // Given
        webhooks.add(posted(cast.affected(), BODY, SECRET));
        webhooks.add(posted(cast.affected(), BODY, SECRET));

        // Then
        assertEquals(List.of("1 more came than should"), verdict().faults());
    }

    private Verdict verdict() {
        return Verdict.of(cast, new Arrivals(webhooks, mails), PUBLISHED);
    }

    private static Organisation organisation(String id, String address) {
        return new Organisation(
                id, new WebhookEndpoint("WH" + id, URI.create(receiver.url() + "/" + id), SECRET), address);
    }

    private static CaughtMail mail(String to, String text) {
        return new CaughtMail(
                "tocsin@example.com",
                List.of(to),
                "",
                Map.of(),
                Optional.of(text),
                Optional.empty(),
                PUBLISHED.plusMillis(250));
    }

    /** As the receiver keeps it, which only a real request can make. */
    private static ReceivedRequest posted(Organisation to, String body, String secret) throws Exception {
        // The library judges the timestamp by the machine's clock, and so must be the signature's.
        long now = ClockFactory.system().instant().getEpochSecond();
        int before = receiver.received().size();
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(authority.clientContext()).build()) {
            client.send(
                    HttpRequest.newBuilder(to.endpoint().url())
                            .header("webhook-id", "msg_1")
                            .header("webhook-timestamp", String.valueOf(now))
                            .header("webhook-signature", new Webhook(secret).sign("msg_1", now, body))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        return receiver.received().get(before);
    }
}
