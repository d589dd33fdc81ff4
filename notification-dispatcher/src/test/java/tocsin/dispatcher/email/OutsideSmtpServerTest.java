package tocsin.dispatcher.email;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.EmailRequested;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.MovableClock;
import tocsin.testsupport.NodeProject;

/** A mail server that is not ours takes our mails and reads in them what we wrote: npm's maildev, where Node is found. */
class OutsideSmtpServerTest {

    private static final int SMTP = FreePorts.one();
    private static final int WEB = FreePorts.one();
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Process maildev;

    @BeforeAll
    static void start() throws IOException {
        NodeProject project = NodeProject.of(Path.of("src/test/node"), Path.of("target/node"));
        project.whyNot().ifPresent(Assumptions::abort);
        maildev = project.node(
                        "node_modules/maildev/bin/maildev",
                        "--ip",
                        "127.0.0.1",
                        "--smtp",
                        Integer.toString(SMTP),
                        "--web",
                        Integer.toString(WEB),
                        "--web-ip",
                        "127.0.0.1",
                        "--silent")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().atMost(SOON).until(() -> mails().isPresent());
    }

    @AfterAll
    static void stop() {
        if (maildev != null) {
            maildev.destroy();
        }
    }

    /** @return empty while it does not answer */
    private static Optional<JsonNode> mails() {
        // It takes an offer of HTTP/2 for a web socket, and answers nothing.
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + WEB + "/email"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return Optional.of(new ObjectMapper().readTree(answer.body()));
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void readsWhatWeWrote() {
        // Given
        SmtpConfig config = new SmtpConfig(
                "127.0.0.1",
                SMTP,
                "alarm@tocsin.example.com",
                null,
                null,
                SmtpConfig.Tls.NONE,
                null,
                "",
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                1);
        Unsubscribing unsubscribing = (_, _) -> Optional.of("https://tocsin.example.com/unsubscribe/t");
        Mail composed = new EmailComposer().breach(MailSamples.malware(), Language.JA);
        EmailRequested mail = EmailRequested.newBuilder()
                .setEmailId("mail-1")
                .setNotificationId("1")
                .setAudience("org:acme")
                .setRecipient("a@example.com")
                .setLanguage("ja")
                .setSubject(composed.subject())
                .setText(composed.text())
                .setHtml(composed.html())
                .setInReplyTo("mail-0")
                .build();

        // When two go over one connection
        try (SmtpClient client = new SmtpClient(
                config, new MimeMessageFactory(config, unsubscribing, MovableClock.at("2026-04-17T10:00:00Z")))) {
            assertInstanceOf(SmtpAnswer.Accepted.class, client.send(mail));
            assertInstanceOf(SmtpAnswer.Accepted.class, client.send(mail));
        }

        // Then
        JsonNode mails = await().atMost(SOON)
                .until(
                        OutsideSmtpServerTest::mails,
                        it -> it.isPresent() && it.get().size() == 2)
                .orElseThrow();
        JsonNode read = mails.get(0);
        assertEquals(composed.subject(), read.path("subject").asText());
        assertEquals(
                composed.text().strip(),
                read.path("text").asText().replace("\r\n", "\n").strip());
        assertTrue(read.path("html").asText().contains("<html lang=\"ja\">"), read.toString());
        JsonNode headers = read.path("headers");
        assertEquals("<mail-1@tocsin.example.com>", headers.path("message-id").asText());
        assertEquals("<mail-0@tocsin.example.com>", headers.path("references").asText());
        assertEquals("auto-generated", headers.path("auto-submitted").asText());
        assertEquals(
                "<https://tocsin.example.com/unsubscribe/t>",
                headers.path("list-unsubscribe").asText());
        assertEquals(
                "List-Unsubscribe=One-Click",
                headers.path("list-unsubscribe-post").asText());
    }
}
