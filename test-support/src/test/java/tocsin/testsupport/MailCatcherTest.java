package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MailCatcherTest {

    private final MailCatcher catcher = MailCatcher.start(0, MovableClock.at("2026-01-01T00:00:00Z"));

    @AfterEach
    void close() {
        catcher.close();
    }

    @Test
    void keepsBothBodiesHeadersAndEnvelope() throws Exception {
        // Given
        MimeMessage message = message("警告 – Alarm", "one@example.com", "two@example.org");
        MimeBodyPart text = new MimeBodyPart();
        text.setText("plain – 本文\n", "UTF-8");
        MimeBodyPart html = new MimeBodyPart();
        html.setContent("<p>本文</p>", "text/html; charset=UTF-8");
        message.setContent(new MimeMultipart("alternative", text, html));
        message.setHeader("List-Unsubscribe", "<https://example.com/u>");

        // When
        Transport.send(message);

        // Then
        CaughtMail mail = catcher.awaitMessages(1, Duration.ofSeconds(10)).getFirst();
        assertEquals("bounces@example.com", mail.from());
        assertEquals(List.of("one@example.com", "two@example.org"), mail.to());
        assertEquals("警告 – Alarm", mail.subject());
        assertEquals(Optional.of("plain – 本文\n"), mail.text());
        assertEquals(Optional.of("<p>本文</p>"), mail.html());
        assertEquals(Optional.of("<https://example.com/u>"), mail.header("list-unsubscribe"));
        assertEquals(Instant.parse("2026-01-01T00:00:00Z"), mail.receivedAt());
    }

    @Test
    void countsAMessageOnceHoweverManyRecipientsItHas() throws Exception {
        // When
        for (String subject : List.of("first", "second")) {
            MimeMessage message = message(subject, "one@example.com", "two@example.com", "three@example.com");
            message.setText("plain");
            Transport.send(message);
        }

        // Then
        assertEquals(
                List.of("first", "second"),
                catcher.awaitMessages(2, Duration.ofSeconds(10)).stream()
                        .map(CaughtMail::subject)
                        .toList());
    }

    @Test
    void hasNoHtmlWhereNoneWasSent() throws Exception {
        // Given
        MimeMessage message = message("plain", "one@example.com");
        message.setText("plain");

        // When
        Transport.send(message);

        // Then
        CaughtMail mail = catcher.awaitMessages(1, Duration.ofSeconds(10)).getFirst();
        assertEquals(Optional.empty(), mail.html());
        assertEquals(Optional.of("plain"), mail.text());
    }

    @Test
    void saysHowManyAreMissing() {
        // When
        AssertionError late = assertThrows(AssertionError.class, () -> catcher.awaitMessages(1, Duration.ofMillis(50)));

        // Then
        assertEquals("caught 0 of 1 mails after PT0.05S", late.getMessage());
    }

    private MimeMessage message(String subject, String... recipients) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", catcher.host());
        properties.setProperty("mail.smtp.port", String.valueOf(catcher.port()));
        properties.setProperty("mail.smtp.from", "bounces@example.com");
        properties.setProperty("mail.smtp.timeout", "10000");
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom("alarm@example.com");
        message.setSubject(subject, "UTF-8");
        for (String recipient : recipients) {
            message.addRecipient(Message.RecipientType.TO, new InternetAddress(recipient));
        }
        return message;
    }
}
