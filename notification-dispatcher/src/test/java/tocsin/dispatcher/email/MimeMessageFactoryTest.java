package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.dispatcher.Samples;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.EmailRequested;
import tocsin.testsupport.MovableClock;

class MimeMessageFactoryTest {

    static Stream<String> contents() {
        return Stream.of(
                "",
                "plain\nlines\r\n\twith a tab~",
                "not everything is ASCII: é\n",
                "日本語のメール\n",
                "a bell \u0007",
                "deleted \u007f",
                "nothing \0",
                "a".repeat(998) + "\nnext",
                "a".repeat(999) + "\nnext",
                "short\n" + "b".repeat(2_000));
    }

    @ParameterizedTest
    @MethodSource("contents")
    void agreesWithTheMailLibraryOnWhatGoesAsItIs(String content) throws MessagingException {
        // Given
        MimeMessage byTheLibrary = new MimeMessage(Session.getInstance(new Properties()));
        byTheLibrary.setText(content, StandardCharsets.UTF_8.name(), "plain");
        byTheLibrary.saveChanges();

        // Then
        assertEquals("7bit".equals(byTheLibrary.getEncoding()), MimeMessageFactory.goesAsItIs(content));
    }

    @ParameterizedTest
    @MethodSource("contents")
    void writesATextAsTheMailLibraryWould(String content) throws MessagingException, IOException {
        // Given
        MimeBodyPart byTheLibrary = new MimeBodyPart();
        byTheLibrary.setText(content, StandardCharsets.UTF_8.name(), "plain");

        // Then
        assertEquals(written(byTheLibrary), written(MimeMessageFactory.part(content, "plain")));
    }

    private static String written(MimeBodyPart part) throws MessagingException, IOException {
        MimeMessage message = new MimeMessage(Session.getInstance(new Properties()));
        MimeMultipart parts = new MimeMultipart(part);
        message.setContent(parts);
        message.saveChanges();
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        part.writeTo(written);
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesAWholeMailToAnOrganisation() throws MessagingException, IOException {
        assertEquals("""
                Date: Fri, 17 Apr 2026 10:00:00 +0000
                From: alarm@tocsin.example.com
                To: a@example.com
                Message-ID: <mail-1@tocsin.example.com>
                In-Reply-To: <mail-0@tocsin.example.com>
                References: <mail-0@tocsin.example.com>
                Subject: Subject
                MIME-Version: 1.0
                Content-Type: multipart/alternative;\s
                	boundary="----=_Part"
                Auto-Submitted: auto-generated
                List-Id: Tocsin security notices <notices.tocsin.example.com>
                Content-Language: en

                ------=_Part
                Content-Type: text/plain; charset=UTF-8
                Content-Transfer-Encoding: 7bit

                Subject

                ------=_Part
                Content-Type: text/html; charset=UTF-8
                Content-Transfer-Encoding: 7bit

                <p>Subject</p>

                ------=_Part--
                """, whole("org:acme", "Subject"));
    }

    @Test
    void writesAWholeMailToTheHolderOfATokenInJapanese() throws MessagingException, IOException {
        assertEquals("""
                Date: Fri, 17 Apr 2026 10:00:00 +0000
                From: alarm@tocsin.example.com
                To: a@example.com
                Message-ID: <mail-1@tocsin.example.com>
                In-Reply-To: <mail-0@tocsin.example.com>
                References: <mail-0@tocsin.example.com>
                Subject: =?UTF-8?Q?[=E7=B7=8A=E6=80=A5]_example-pkg@?=
                 =?UTF-8?Q?1.0.0_=E3=81=AF=E6=82=AA=E6=84=8F?=
                 =?UTF-8?Q?=E3=81=82=E3=82=8B=E3=83=91=E3=83=83?=
                 =?UTF-8?Q?=E3=82=B1=E3=83=BC=E3=82=B8=E3=81=A7=E3=81=99?=
                MIME-Version: 1.0
                Content-Type: multipart/alternative;\s
                	boundary="----=_Part"
                Auto-Submitted: auto-generated
                List-Id: Tocsin security notices <notices.tocsin.example.com>
                List-Unsubscribe: <https://tocsin.example.com/unsubscribe/t>
                List-Unsubscribe-Post: List-Unsubscribe=One-Click
                Content-Language: en

                ------=_Part
                Content-Type: text/plain; charset=UTF-8
                Content-Transfer-Encoding: base64

                W+e3iuaApV0gZXhhbXBsZS1wa2dAMS4wLjAg44Gv5oKq5oSP44GC44KL44OR44OD44Kx44O844K4
                44Gn44GZCg==
                ------=_Part
                Content-Type: text/html; charset=UTF-8
                Content-Transfer-Encoding: base64

                PHA+W+e3iuaApV0gZXhhbXBsZS1wa2dAMS4wLjAg44Gv5oKq5oSP44GC44KL44OR44OD44Kx44O8
                44K444Gn44GZPC9wPgo=
                ------=_Part--
                """, whole("token:" + "a".repeat(64), "[緊急] example-pkg@1.0.0 は悪意あるパッケージです"));
    }

    /** As it goes out, but for what marks its parts, which is new each time, and the zone of its date, which is this machine's. */
    private static String whole(String audience, String subject) throws MessagingException, IOException {
        SmtpConfig config = new SmtpConfig(
                "127.0.0.1",
                25,
                "alarm@tocsin.example.com",
                null,
                null,
                SmtpConfig.Tls.NONE,
                null,
                "",
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1);
        Unsubscribing unsubscribing = (to, _) -> to instanceof Audience.Token
                ? Optional.of("https://tocsin.example.com/unsubscribe/t")
                : Optional.empty();
        MimeMessage message = new MimeMessageFactory(config, unsubscribing, MovableClock.at(Samples.PUBLISHED))
                .message(
                        Session.getInstance(new Properties()),
                        EmailRequested.newBuilder(MailSamples.requested(audience))
                                .setSubject(subject)
                                .setText(subject + "\n")
                                .setHtml("<p>" + subject + "</p>\n")
                                .build());
        message.saveChanges();
        assertEquals(Samples.PUBLISHED, message.getSentDate().toInstant());
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        message.writeTo(written);
        return written.toString(StandardCharsets.UTF_8)
                .replace("\r\n", "\n")
                .replaceAll("----=_Part_[0-9_.]+", "----=_Part")
                .replaceFirst("(?m)^Date: .*$", "Date: Fri, 17 Apr 2026 10:00:00 +0000");
    }
}
