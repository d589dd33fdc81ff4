package tocsin.dispatcher.email;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.util.StreamProvider;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.util.MailConnectException;
import org.eclipse.angus.mail.util.MailStreamProvider;
import tocsin.schemas.avro.EmailRequested;
import tocsin.service.tls.TrustAnchors;

/**
 * Sends one mail to one recipient at a time; connections are kept for the next, as many as there are mails at the same time. Every wait has an end.
 */
@Singleton
@Bean(preDestroy = "close")
final class SmtpClient implements AutoCloseable {

    /** RFC 5321, 3.8: the server closes the connection, and has taken nothing. */
    private static final int CLOSING = 421;

    /** Servers close after five minutes or sooner; asking each time whether they did costs a round trip. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(15);

    /** Servers do not like endless ones. */
    private static final int MOST_MAILS = 100;

    /** Where the mail library has the class of its streams named; otherwise it looks through all jars, five times for each mail: a third of what that took. */
    private static final String STREAMS = StreamProvider.class.getName();

    /** RFC 5321, 4.2.3; a server that was told the size says so before it has the mail. */
    private static final int MAIL_TOO_LARGE = 552;

    private final SmtpConfig config;
    private final ScheduledThreadPoolExecutor writeTimeouts;
    private final Session session;
    private final MimeMessageFactory messages;
    private final ConcurrentLinkedDeque<SmtpConnectionClient> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closing;

    SmtpClient(SmtpConfig config, MimeMessageFactory messages) {
        this.config = config;
        if (System.getProperty(STREAMS) == null) {
            System.setProperty(STREAMS, MailStreamProvider.class.getName());
        }
        this.writeTimeouts = writeTimeouts(config.timeout());
        this.session = Session.getInstance(properties(config, writeTimeouts));
        this.messages = messages;
    }

    /** For all connections. By itself the library starts a thread for each, and every write wakes it: an eighth of what a mail took. */
    private static ScheduledThreadPoolExecutor writeTimeouts(Duration timeout) {
        ScheduledThreadPoolExecutor timeouts = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("smtp-write-timeouts").factory());
        timeouts.setRemoveOnCancelPolicy(true);
        // What is due sooner than any timeout: the thread sleeps on it, so that a write sets and clears its own
        // unnoticed.
        long sooner = timeout.toNanos() / 2 + 1;
        ScheduledFuture<?> _ = timeouts.scheduleWithFixedDelay(() -> {}, sooner, sooner, TimeUnit.NANOSECONDS);
        return timeouts;
    }

    static Properties properties(SmtpConfig config, ScheduledThreadPoolExecutor writeTimeouts) {
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
        properties.put(prefix + "executor.writetimeout", writeTimeouts);
        properties.put(prefix + "socketFactory", new PromptSocketFactory());
        properties.put(prefix + "ssl.socketFactory", new PromptTlsSocketFactory(trusted(config)));
        // Else one that cannot connect is tried a second time without.
        properties.setProperty(prefix + "socketFactory.fallback", "false");
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

    private static SSLSocketFactory trusted(SmtpConfig config) {
        return TrustAnchors.context(
                        "tocsin.smtp.trust-store",
                        Optional.ofNullable(config.trustStore()),
                        config.trustStorePassword())
                .getSocketFactory();
    }

    private static String protocol(SmtpConfig config) {
        return config.tls() == SmtpConfig.Tls.TLS ? "smtps" : "smtp";
    }

    /** Over a connection that is open already, where there is one. */
    SmtpAnswer send(EmailRequested mail) {
        Optional<SmtpConnectionClient> idle = takeIdle();
        if (idle.isPresent()) {
            Optional<SmtpAnswer> answer = send(mail, idle.get());
            if (answer.isPresent()) {
                return answer.get();
            }
            // The server had closed it, as servers do after a while or so many mails, and has nothing of this one.
        }
        SmtpConnectionClient fresh = new SmtpConnectionClient(session, protocol(config));
        try {
            fresh.connect(config);
        } catch (MessagingException e) {
            fresh.close();
            return notConnected(e);
        }
        return send(mail, fresh).orElseGet(() -> new SmtpAnswer.Temporary("the connection to the SMTP server broke"));
    }

    /** @return empty if the connection was used before, is closed now, and took nothing of the mail */
    private Optional<SmtpAnswer> send(EmailRequested mail, SmtpConnectionClient connection) {
        boolean reused = connection.wasUsed();
        try {
            connection.send(messages.message(session, mail));
            giveBack(connection);
            return Optional.of(new SmtpAnswer.Accepted());
        } catch (MessagingException e) {
            OptionalInt code = code(e);
            boolean closed = code.isEmpty() || code.getAsInt() == CLOSING || !connection.isOpen();
            if (closed) {
                connection.close();
            } else {
                giveBack(connection);
            }
            boolean tookNothing = code.isEmpty() ? !connection.hasBegunData() : code.getAsInt() == CLOSING;
            return reused && closed && tookNothing ? Optional.empty() : Optional.of(refused(e));
        }
    }

    private Optional<SmtpConnectionClient> takeIdle() {
        SmtpConnectionClient connection = idle.pollFirst();
        while (connection != null && connection.isIdleFor(LONGEST_IDLE)) {
            connection.close();
            connection = idle.pollFirst();
        }
        return Optional.ofNullable(connection);
    }

    private void giveBack(SmtpConnectionClient connection) {
        if (closing || connection.mails() >= MOST_MAILS) {
            connection.close();
            return;
        }
        // The last used is used next, so that those which are needed no more grow old.
        idle.offerFirst(connection);
        SmtpConnectionClient oldest = idle.peekLast();
        while (oldest != null && oldest.isIdleFor(LONGEST_IDLE) && idle.removeLastOccurrence(oldest)) {
            oldest.close();
            oldest = idle.peekLast();
        }
    }

    @Override
    public void close() {
        closing = true;
        for (SmtpConnectionClient connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            connection.close();
        }
        writeTimeouts.shutdownNow();
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
}
