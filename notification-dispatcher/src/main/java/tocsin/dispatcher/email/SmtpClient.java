package tocsin.dispatcher.email;

import jakarta.inject.Singleton;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.util.MailConnectException;
import tocsin.schemas.avro.EmailRequested;

/** Sends one mail to one recipient over one connection. Every wait has an end. */
@Singleton
final class SmtpClient {

    /** RFC 5321, 4.2.3; a server that was told the size says so before it has the mail. */
    private static final int MAIL_TOO_LARGE = 552;

    private final SmtpConfig config;
    private final Session session;
    private final Clock clock;

    SmtpClient(SmtpConfig config, Clock clock) {
        this.config = config;
        this.session = Session.getInstance(properties(config));
        this.clock = clock;
    }

    private static Properties properties(SmtpConfig config) {
        boolean wrapped = config.tls() == SmtpConfig.Tls.TLS;
        String protocol = protocol(config);
        String prefix = "mail." + protocol + ".";
        Properties properties = new Properties();
        properties.setProperty("mail.transport.protocol", protocol);
        properties.setProperty("mail.from", config.from());
        properties.setProperty(prefix + "host", config.host());
        properties.setProperty(prefix + "port", Integer.toString(config.port()));
        properties.setProperty(
                prefix + "connectiontimeout",
                Long.toString(config.connectTimeout().toMillis()));
        properties.setProperty(
                prefix + "timeout", Long.toString(config.timeout().toMillis()));
        properties.setProperty(
                prefix + "writetimeout", Long.toString(config.timeout().toMillis()));
        properties.setProperty(prefix + "auth", Boolean.toString(config.username() != null));
        properties.setProperty(prefix + "starttls.enable", Boolean.toString(config.tls() == SmtpConfig.Tls.STARTTLS));
        properties.setProperty(prefix + "starttls.required", Boolean.toString(config.tls() == SmtpConfig.Tls.STARTTLS));
        properties.setProperty(prefix + "ssl.enable", Boolean.toString(wrapped));
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        // The greeting names us by the sender's domain, not by what this machine calls itself.
        properties.setProperty(prefix + "localhost", config.messageIdDomain());
        // The answer to QUIT changes nothing.
        properties.setProperty(prefix + "quitwait", "false");
        return properties;
    }

    private static String protocol(SmtpConfig config) {
        return config.tls() == SmtpConfig.Tls.TLS ? "smtps" : "smtp";
    }

    SmtpAnswer send(EmailRequested mail) {
        try (Transport transport = session.getTransport(protocol(config))) {
            try {
                transport.connect(config.host(), config.port(), config.username(), config.password());
            } catch (MessagingException e) {
                return notConnected(e);
            }
            MimeMessage message = message(mail);
            transport.sendMessage(message, message.getAllRecipients());
            return new SmtpAnswer.Accepted();
        } catch (MessagingException e) {
            return refused(e);
        }
    }

    private MimeMessage message(EmailRequested mail) throws MessagingException {
        MimeMessage message = new IdentifiedMessage(session, messageId(mail.getEmailId()));
        message.setFrom(new InternetAddress(config.from(), true));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(mail.getRecipient(), true));
        message.setSubject(mail.getSubject(), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(clock.instant()));
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setHeader("Content-Language", mail.getLanguage());
        Optional<String> before = mail.getInReplyTo();
        if (before.isPresent()) {
            message.setHeader("In-Reply-To", messageId(before.get()));
            message.setHeader("References", messageId(before.get()));
        }
        MimeBodyPart text = new MimeBodyPart();
        text.setText(mail.getText(), StandardCharsets.UTF_8.name(), "plain");
        MimeBodyPart html = new MimeBodyPart();
        html.setText(mail.getHtml(), StandardCharsets.UTF_8.name(), "html");
        message.setContent(new MimeMultipart("alternative", text, html));
        return message;
    }

    private String messageId(String emailId) {
        return "<" + emailId + "@" + config.messageIdDomain() + ">";
    }

    /** Before the first word about the mail: whatever is wrong is wrong for all. */
    private static SmtpAnswer notConnected(MessagingException e) {
        return new SmtpAnswer.Unavailable(
                switch (e) {
                    case AuthenticationFailedException _ -> "the SMTP server refused our user name or password";
                    case MailConnectException _ -> "no connection to the SMTP server";
                    default -> "the SMTP server did not greet us";
                });
    }

    private static SmtpAnswer refused(MessagingException e) {
        OptionalInt code = code(e);
        if (code.isEmpty()) {
            return new SmtpAnswer.Temporary("the connection to the SMTP server broke");
        }
        int status = code.getAsInt();
        if (status == 530 || status == 535 || status == 538) {
            return new SmtpAnswer.Unavailable("the SMTP server wants another authentication: " + status);
        }
        if (status >= 500 && status != MAIL_TOO_LARGE && isAboutTheSender(e)) {
            // All mails have this sender, so this says nothing of the one that happened to ask.
            return new SmtpAnswer.Unavailable("the SMTP server refused our sender address: " + status);
        }
        return status >= 500
                ? new SmtpAnswer.Permanent("the SMTP server answered " + status)
                : new SmtpAnswer.Temporary("the SMTP server answered " + status);
    }

    private static boolean isAboutTheSender(MessagingException failure) {
        return failure instanceof SMTPSenderFailedException
                || (failure instanceof SMTPSendFailedException send
                        && Optional.ofNullable(send.getCommand())
                                .filter(it -> it.startsWith("MAIL FROM"))
                                .isPresent());
    }

    /** The answer about the recipient stands behind the one about the whole mail. */
    private static OptionalInt code(MessagingException failure) {
        OptionalInt code = OptionalInt.empty();
        Exception e = failure;
        while (e instanceof MessagingException messaging) {
            int status = switch (messaging) {
                case SMTPAddressFailedException address -> address.getReturnCode();
                case SMTPSenderFailedException sender -> sender.getReturnCode();
                case SMTPSendFailedException send -> send.getReturnCode();
                default -> -1;
            };
            if (status >= 400) {
                code = OptionalInt.of(status);
            }
            e = messaging.getNextException();
        }
        return code;
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
