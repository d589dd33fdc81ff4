package tocsin.dispatcher.email;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.OutputStream;
import java.time.Duration;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/** One connection to the SMTP server, for one mail after the other. Used by one thread at a time. */
final class SmtpConnectionClient implements AutoCloseable {

    private final ObservedTransport transport;
    private int mails;
    private long lastUsed = System.nanoTime();

    /** Tells how far a mail got: what broke before its data cannot have been taken. */
    private static final class ObservedTransport extends SMTPTransport {

        private boolean begunData;

        ObservedTransport(Session session, String protocol) {
            super(session, null, protocol, protocol.equals("smtps"));
        }

        @Override
        protected OutputStream data() throws MessagingException {
            begunData = true;
            return super.data();
        }
    }

    SmtpConnectionClient(Session session, String protocol) {
        this.transport = new ObservedTransport(session, protocol);
    }

    void connect(SmtpConfig config) throws MessagingException {
        transport.connect(config.host(), config.port(), config.username(), config.password());
    }

    void send(MimeMessage message) throws MessagingException {
        mails++;
        transport.begunData = false;
        try {
            transport.sendMessage(message, message.getAllRecipients());
        } finally {
            lastUsed = System.nanoTime();
        }
    }

    /** Whether it carried a mail before. */
    boolean wasUsed() {
        return mails > 0;
    }

    int mails() {
        return mails;
    }

    /** Whether the last mail came as far as its data. */
    boolean hasBegunData() {
        return transport.begunData;
    }

    boolean isIdleFor(Duration time) {
        return System.nanoTime() - lastUsed >= time.toNanos();
    }

    /** Asks the server. */
    boolean isOpen() {
        return transport.isConnected();
    }

    @Override
    public void close() {
        try {
            transport.close();
        } catch (MessagingException _) {
            // It is closed all the same, and there is nothing to be said about any mail.
        }
    }
}
