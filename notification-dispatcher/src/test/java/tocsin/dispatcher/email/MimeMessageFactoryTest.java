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
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
}
