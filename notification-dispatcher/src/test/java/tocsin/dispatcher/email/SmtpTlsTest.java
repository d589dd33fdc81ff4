package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.eclipse.angus.mail.util.SocketFetcher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tocsin.schemas.avro.EmailRequested;
import tocsin.service.MissingConfiguration;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.MovableClock;

/** Neither a mail nor a password leaves where anybody could read it, or to a server that is not the one that we mean. */
class SmtpTlsTest {

    private static final String HERE = "127.0.0.1";

    private final LocalAuthority authority = LocalAuthority.create();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    private Path directory;

    private Path trust = Path.of("");

    @BeforeEach
    void trustTheAuthority() {
        trust = authority.writeTrustStore(directory.resolve("authorities.p12"));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "STARTTLS, 'EHLO, STARTTLS, TLS EHLO, TLS AUTH, TLS MAIL, TLS RCPT, TLS DATA'",
        "TLS, 'TLS EHLO, TLS AUTH, TLS MAIL, TLS RCPT, TLS DATA'",
    })
    void saysItsPasswordAndTheMailOverTlsOnly(SmtpConfig.Tls tls, String said) {
        // Given
        ScriptedSmtpServer server = server(tls, HERE);

        // When
        SmtpAnswer answer = client(tls, server, ScriptedSmtpServer.PASSWORD).send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Accepted.class, answer, answer.toString());
        assertEquals(said, String.join(", ", server.heard()));
        assertEquals(1, server.taken().size());
    }

    @ParameterizedTest
    @EnumSource(
            value = SmtpConfig.Tls.class,
            names = {"STARTTLS", "TLS"})
    void greetsAndLogsInOnceForManyMails(SmtpConfig.Tls tls) {
        // Given
        ScriptedSmtpServer server = server(tls, HERE);
        SmtpClient client = client(tls, server, ScriptedSmtpServer.PASSWORD);
        client.send(mail());
        List<String> first = server.heard();

        // When
        SmtpAnswer answer = client.send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Accepted.class, answer, answer.toString());
        assertEquals(
                List.of("TLS MAIL", "TLS RCPT", "TLS DATA"),
                server.heard().subList(first.size(), server.heard().size()).stream()
                        .filter(it -> !it.equals("TLS NOOP") && !it.equals("TLS RSET"))
                        .toList());
        assertEquals(2, server.taken().size());
    }

    /** A fault of the operator's, which says nothing of a mail: all wait, and none fails. */
    @ParameterizedTest
    @EnumSource(
            value = SmtpConfig.Tls.class,
            names = {"STARTTLS", "TLS"})
    void isUnavailableWhereThePasswordIsWrong(SmtpConfig.Tls tls) {
        // Given
        ScriptedSmtpServer server = server(tls, HERE);

        // When
        SmtpAnswer answer = client(tls, server, "another password").send(mail());

        // Then
        assertEquals(new SmtpAnswer.Unavailable("the SMTP server refused our user name or password"), answer);
        assertFalse(server.heard().contains("TLS MAIL"));
    }

    @ParameterizedTest
    @CsvSource({"535 disabled", "454 not now", "421 closing", "drop"})
    void isUnavailableWhateverKeepsItFromLoggingIn(String answer) {
        // Given
        ScriptedSmtpServer server = server(SmtpConfig.Tls.TLS, HERE);
        server.next("AUTH", answer);

        // When
        SmtpAnswer judged =
                client(SmtpConfig.Tls.TLS, server, ScriptedSmtpServer.PASSWORD).send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, judged);
        assertFalse(server.heard().contains("TLS MAIL"));
    }

    @Test
    void keepsItsPasswordFromAServerThatOffersNoTls() {
        // Given
        ScriptedSmtpServer server = server(SmtpConfig.Tls.STARTTLS, HERE);
        server.next("EHLO", "250-scripted\r\n250 AUTH PLAIN");

        // When
        SmtpAnswer answer = client(SmtpConfig.Tls.STARTTLS, server, ScriptedSmtpServer.PASSWORD)
                .send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, answer);
        assertFalse(server.heard().contains("AUTH"));
    }

    @Test
    void takesNoPasswordThatWouldGoInPlainWords() {
        assertThrows(
                MissingConfiguration.class,
                () -> config(SmtpConfig.Tls.NONE, 25, trust, LocalAuthority.STORE_PASSWORD, "a password"));
    }

    @ParameterizedTest
    @EnumSource(
            value = SmtpConfig.Tls.class,
            names = {"STARTTLS", "TLS"})
    void sendsNothingToAServerOfAnotherName(SmtpConfig.Tls tls) {
        // Given
        ScriptedSmtpServer server = server(tls, "mail.example.com");

        // When
        SmtpAnswer answer = client(tls, server, ScriptedSmtpServer.PASSWORD).send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, answer);
        assertEquals(List.of(), overTls(server));
    }

    @ParameterizedTest
    @EnumSource(
            value = SmtpConfig.Tls.class,
            names = {"STARTTLS", "TLS"})
    void sendsNothingToAServerThatItCannotTrust(SmtpConfig.Tls tls) throws IOException {
        // Given an authority that only the server believes
        ScriptedSmtpServer server = server(tls, HERE);
        Files.delete(trust);
        trust = LocalAuthority.create().writeTrustStore(trust);

        // When
        SmtpAnswer answer = client(tls, server, ScriptedSmtpServer.PASSWORD).send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, answer);
        assertEquals(List.of(), overTls(server));
    }

    @Test
    void sendsNothingToAServerThatSpeaksNoTls() {
        // Given
        ScriptedSmtpServer server = opened(new ScriptedSmtpServer());

        // When
        SmtpAnswer answer =
                client(SmtpConfig.Tls.TLS, server, ScriptedSmtpServer.PASSWORD).send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, answer);
        assertTrue(server.taken().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "220 go on",
        "454 not now",
        "drop",
        "silence",
    })
    void sendsNothingWhereTlsDoesNotBegin(String answer) {
        // Given one that goes on in plain words
        ScriptedSmtpServer server = opened(new ScriptedSmtpServer());
        server.next("STARTTLS", answer);

        // When
        SmtpAnswer judged = client(SmtpConfig.Tls.STARTTLS, server, ScriptedSmtpServer.PASSWORD)
                .send(mail());

        // Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, judged);
        assertTrue(server.taken().isEmpty());
    }

    /** Or each write waits until the one before is acknowledged. */
    @ParameterizedTest
    @EnumSource(SmtpConfig.Tls.class)
    void sendsAtOnce(SmtpConfig.Tls tls) throws IOException {
        // Given
        ScriptedSmtpServer server = server(tls, HERE);
        SmtpConfig config = config(
                tls,
                server.port(),
                trust,
                LocalAuthority.STORE_PASSWORD,
                tls == SmtpConfig.Tls.NONE ? null : ScriptedSmtpServer.PASSWORD);

        // When
        boolean atOnce;
        try (ScheduledThreadPoolExecutor writeTimeouts = new ScheduledThreadPoolExecutor(1)) {
            Properties properties = SmtpClient.properties(config, writeTimeouts);
            String protocol = "mail." + properties.getProperty("mail.transport.protocol");
            try (Socket socket =
                    SocketFetcher.getSocket(HERE, server.port(), properties, protocol, tls == SmtpConfig.Tls.TLS)) {
                atOnce = socket.getTcpNoDelay();
            }
        }

        // Then
        assertTrue(atOnce);
    }

    @ParameterizedTest
    @CsvSource({"missing.p12, local-authority", "authorities.p12, another password"})
    void doesNotStartWithATrustStoreThatCannotBeRead(String file, String password) {
        // When
        SmtpConfig config = config(SmtpConfig.Tls.TLS, 465, directory.resolve(file), password, "a password");
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> client(config));

        // Then
        assertTrue(String.valueOf(refused.getMessage()).startsWith("tocsin.smtp.trust-store "), refused::getMessage);
    }

    private static List<String> overTls(ScriptedSmtpServer server) {
        return server.heard().stream().filter(it -> it.startsWith("TLS ")).toList();
    }

    private ScriptedSmtpServer server(SmtpConfig.Tls tls, String name) {
        return opened(new ScriptedSmtpServer(tls, authority.serverContext(name)));
    }

    private SmtpClient client(SmtpConfig.Tls tls, ScriptedSmtpServer server, String password) {
        return client(config(tls, server.port(), trust, LocalAuthority.STORE_PASSWORD, password));
    }

    private SmtpClient client(SmtpConfig config) {
        return opened(new SmtpClient(
                config,
                new MimeMessageFactory(config, (_, _) -> Optional.empty(), MovableClock.at("2026-04-17T10:00:00Z"))));
    }

    private static SmtpConfig config(
            SmtpConfig.Tls tls, int port, Path trust, String trustPassword, @Nullable String password) {
        return new SmtpConfig(
                HERE,
                port,
                "alarm@tocsin.example.com",
                password == null ? null : ScriptedSmtpServer.USER,
                password,
                tls,
                trust,
                trustPassword,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                1);
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private static EmailRequested mail() {
        return MailSamples.requested("org:acme");
    }
}
