package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.EmailRequested;
import tocsin.testsupport.MovableClock;

class SmtpClientTest {

    private final ScriptedSmtpServer server = new ScriptedSmtpServer();

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "MAIL, 451 later, Temporary",
        "MAIL, 550 no, Unavailable",
        "MAIL, 554 sender not allowed, Unavailable",
        "MAIL, 552 too large, Permanent",
        "RCPT, 421 closing, Temporary",
        "RCPT, 450 mailbox busy, Temporary",
        "RCPT, 550 no such user, Permanent",
        "RCPT, 552 mailbox full, Permanent",
        "DATA, 451 later, Temporary",
        "DATA, 554 refused, Permanent",
        "BODY, 451 later, Temporary",
        "BODY, 554 looks like spam, Permanent",
        "RCPT, drop, Temporary",
        "DATA, drop, Temporary",
        "BODY, drop, Temporary",
        "BODY, silence, Temporary",
        "MAIL, 530 authenticate first, Unavailable",
        "GREETING, 554 no service, Unavailable",
        "GREETING, 421 too many, Unavailable",
        "GREETING, silence, Unavailable",
        "GREETING, drop, Unavailable",
        "QUIT, drop, Accepted",
        "QUIT, 451 strange, Accepted",
    })
    void judgesTheAnswer(String command, String answer, String judgement) {
        // Given
        server.next(command, answer);

        // When
        SmtpAnswer judged = client(server.port(), SmtpConfig.Tls.NONE).send(mail());

        // Then
        assertEquals(judgement, judged.getClass().getSimpleName(), judged.toString());
    }

    @Test
    void isUnavailableWhereNobodyListens() {
        // Given
        int port = server.port();
        server.close();

        // When / Then
        assertInstanceOf(
                SmtpAnswer.Unavailable.class, client(port, SmtpConfig.Tls.NONE).send(mail()));
    }

    @ParameterizedTest
    @CsvSource({"STARTTLS", "TLS"})
    void sendsNothingToAServerWithoutTheTlsThatIsAskedFor(SmtpConfig.Tls tls) {
        // When
        SmtpAnswer answer = client(server.port(), tls).send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, answer);
        assertTrue(server.taken().isEmpty());
    }

    @Test
    void givesTheMailTheSameIdEachTimeAndThreadsIt() {
        // Given
        SmtpClient client = client(server.port(), SmtpConfig.Tls.NONE);

        // When
        client.send(mail());
        client.send(mail());

        // Then
        assertEquals(2, server.taken().size());
        for (String taken : server.taken()) {
            assertTrue(taken.contains("Message-ID: <mail-1@tocsin.example.com>\n"), taken);
            assertTrue(taken.contains("References: <mail-0@tocsin.example.com>\n"), taken);
            assertTrue(taken.contains("In-Reply-To: <mail-0@tocsin.example.com>\n"), taken);
            assertTrue(taken.contains("Auto-Submitted: auto-generated\n"), taken);
            assertTrue(taken.contains("Date: Fri, 17 Apr 2026 "), taken);
        }
    }

    private static SmtpClient client(int port, SmtpConfig.Tls tls) {
        return new SmtpClient(
                new SmtpConfig(
                        "127.0.0.1",
                        port,
                        "alarm@tocsin.example.com",
                        null,
                        null,
                        tls,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(500),
                        1),
                MovableClock.at("2026-04-17T10:00:00Z"));
    }

    private static EmailRequested mail() {
        return EmailRequested.newBuilder()
                .setEmailId("mail-1")
                .setNotificationId("1")
                .setAudience("org:acme")
                .setRecipient("a@example.com")
                .setLanguage("en")
                .setSubject("Subject")
                .setText("Text")
                .setHtml("<p>Text</p>")
                .setInReplyTo("mail-0")
                .build();
    }
}
