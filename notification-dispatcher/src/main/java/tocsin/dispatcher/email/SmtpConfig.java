package tocsin.dispatcher.email;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * The server that takes our mail.
 *
 * @param host its name; the service does not start without
 * @param port where it listens
 * @param from the address that mails come from; its domain ends every Message-ID. The service does not start without
 * @param username for a server that wants one; goes with {@code password}, and is said over TLS only
 * @param password never printed
 * @param tls {@code none}, {@code starttls} (refused by the server: no mail goes) or {@code tls} from the first byte
 * @param trustStore PKCS12 file with certificates of further authorities, trusted beside the JDK's own; none by default
 * @param trustStorePassword of that file; may be empty
 * @param connectTimeout the longest wait for a connection
 * @param timeout the longest wait for one answer, and for one write
 * @param concurrency mails that are sent at the same time, each on a connection of its own; connections are kept for the next mails
 */
@ConfigurationProperties("tocsin.smtp")
record SmtpConfig(
        String host,
        @Bindable(defaultValue = "587") int port,
        String from,
        @Nullable String username,
        @Nullable String password,
        @Bindable(defaultValue = "STARTTLS") Tls tls,
        @Nullable Path trustStore,
        @Bindable(defaultValue = "") String trustStorePassword,
        @Bindable(defaultValue = "PT10S") Duration connectTimeout,
        @Bindable(defaultValue = "PT30S") Duration timeout,
        @Bindable(defaultValue = "8") int concurrency) {

    /** How the connection is protected. */
    enum Tls {
        NONE,
        STARTTLS,
        TLS
    }

    /** @throws MissingConfiguration without host and sender, or with a sender that no mail could have, with a password that all could read, or where a wait or the number of mails is none */
    SmtpConfig(
            @Nullable String host,
            @Bindable(defaultValue = "587") int port,
            @Nullable String from,
            @Nullable String username,
            @Nullable String password,
            @Bindable(defaultValue = "STARTTLS") Tls tls,
            @Nullable Path trustStore,
            @Bindable(defaultValue = "") String trustStorePassword,
            @Bindable(defaultValue = "PT10S") Duration connectTimeout,
            @Bindable(defaultValue = "PT30S") Duration timeout,
            @Bindable(defaultValue = "8") int concurrency) {
        if (host == null || host.isBlank()) {
            throw MissingConfiguration.of("tocsin.smtp.host");
        }
        if (from == null || from.isBlank()) {
            throw MissingConfiguration.of("tocsin.smtp.from");
        }
        if (!EmailAddress.isValid(from)) {
            throw new MissingConfiguration("tocsin.smtp.from is no address such as alarm@tocsin.example.com");
        }
        if ((username == null) != (password == null)) {
            throw new MissingConfiguration("tocsin.smtp.username and tocsin.smtp.password go together");
        }
        if (username != null && tls == Tls.NONE) {
            throw new MissingConfiguration(
                    "tocsin.smtp.username and tocsin.smtp.password go over TLS only: tocsin.smtp.tls must not be none");
        }
        if (connectTimeout.toMillis() <= 0 || timeout.toMillis() <= 0 || concurrency <= 0) {
            throw new MissingConfiguration(
                    "tocsin.smtp.connect-timeout, tocsin.smtp.timeout and tocsin.smtp.concurrency must be more than 0");
        }
        this.host = host;
        this.port = port;
        this.from = from;
        this.username = username;
        this.password = password;
        this.tls = tls;
        this.trustStore = trustStore;
        this.trustStorePassword = trustStorePassword;
        this.connectTimeout = connectTimeout;
        this.timeout = timeout;
        this.concurrency = concurrency;
    }

    String messageIdDomain() {
        return from.substring(from.lastIndexOf('@') + 1);
    }

    @Override
    public String toString() {
        return "SmtpConfig[host=" + host + ", port=" + port + ", tls=" + tls + "]";
    }
}
