package tocsin.dispatcher.email;

import jakarta.activation.DataHandler;
import jakarta.inject.Singleton;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.EmailRequested;

/** Makes the mail that goes out of one that is asked for. */
@Singleton
final class MimeMessageFactory {

    private static final int LONGEST_LINE = 998;

    private final SmtpConfig config;
    private final Unsubscribing unsubscribing;
    private final Clock clock;

    MimeMessageFactory(SmtpConfig config, Unsubscribing unsubscribing, Clock clock) {
        this.config = config;
        this.unsubscribing = unsubscribing;
        this.clock = clock;
    }

    MimeMessage message(Session session, EmailRequested mail) throws MessagingException {
        MimeMessage message = new IdentifiedMessage(session, messageId(mail.getEmailId()));
        message.setFrom(new InternetAddress(config.from(), true));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(mail.getRecipient(), true));
        message.setSubject(mail.getSubject(), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(clock.instant()));
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setHeader("List-Id", "Tocsin security notices <notices." + config.messageIdDomain() + ">");
        Optional<String> unsubscribe = unsubscribing.link(Audience.parse(mail.getAudience()), mail.getRecipient());
        if (unsubscribe.isPresent()) {
            message.setHeader("List-Unsubscribe", "<" + unsubscribe.get() + ">");
            // RFC 8058: a mail program may post there without asking its reader anything more.
            message.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        message.setHeader("Content-Language", mail.getLanguage());
        Optional<String> before = mail.getInReplyTo();
        if (before.isPresent()) {
            message.setHeader("In-Reply-To", messageId(before.get()));
            message.setHeader("References", messageId(before.get()));
        }
        message.setContent(
                new MimeMultipart("alternative", part(mail.getText(), "plain"), part(mail.getHtml(), "html")));
        return message;
    }

    static MimeBodyPart part(String content, String subtype) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        if (goesAsItIs(content)) {
            // A text the library would write twice, each time byte for byte: once to find out what is in it.
            part.setDataHandler(new DataHandler(new ByteArrayDataSource(
                    content.getBytes(StandardCharsets.US_ASCII), "text/" + subtype + "; charset=UTF-8")));
            part.setHeader("Content-Transfer-Encoding", "7bit");
        } else {
            part.setText(content, StandardCharsets.UTF_8.name(), subtype);
        }
        return part;
    }

    /** Printable ASCII in lines that RFC 5322 (2.1.1) allows. */
    static boolean goesAsItIs(String content) {
        int line = 0;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            line = c == '\n' || c == '\r' ? 0 : line + 1;
            if (line > LONGEST_LINE || c > '~' || (c < ' ' && c != '\n' && c != '\r' && c != '\t')) {
                return false;
            }
        }
        return true;
    }

    private String messageId(String emailId) {
        return "<" + emailId + "@" + config.messageIdDomain() + ">";
    }

    /** Keeps the Message-ID that we give it, so that a mail sent twice is one to its reader. */
    private static final class IdentifiedMessage extends MimeMessage {

        private final String messageId;

        IdentifiedMessage(Session session, String messageId) {
            super(session);
            this.messageId = messageId;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", messageId);
        }
    }
}
