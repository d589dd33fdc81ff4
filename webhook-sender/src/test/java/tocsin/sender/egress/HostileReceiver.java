package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static tocsin.sender.egress.HostileServer.drip;
import static tocsin.sender.egress.HostileServer.forever;
import static tocsin.sender.egress.HostileServer.reset;
import static tocsin.sender.egress.HostileServer.write;

import java.net.Socket;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import tocsin.testsupport.LocalAuthority;

/** What receivers do, and what that is called: the class of the error and its words, or the status that counts. */
enum HostileReceiver {
    // Before anybody speaks.
    CLOSES_AT_ONCE("TLS: the connection was closed while shaking hands (TLS)", raw(Socket::close)),
    /** Perhaps before anybody has learnt that it is connected. */
    RESETS_AT_ONCE(
            "TLS: the connection was closed while shaking hands (TLS)"
                    + " or CONNECT: the connection was reset while connecting",
            raw(HostileServer::reset)),
    SHAKES_NO_HANDS("TIMEOUT: timed out while shaking hands (TLS)", raw(_ -> forever())),
    STOPS_IN_THE_HANDSHAKE("TIMEOUT: timed out while shaking hands (TLS)", raw(connection -> {
        write(connection, "\u0016\u0003\u0003\u0000@\u0002");
        forever();
    })),
    RESETS_IN_THE_HANDSHAKE("TLS: the connection was closed while shaking hands (TLS)", raw(connection -> {
        connection.getInputStream().readNBytes(10);
        reset(connection);
    })),
    SPEAKS_NO_TLS("TLS: the TLS handshake failed", raw(connection -> {
        write(connection, "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        forever();
    })),
    SPEAKS_OLD_TLS_ONLY("TLS: the TLS handshake failed", raw(connection -> {
        // A fatal alert: protocol_version.
        write(connection, "\u0015\u0003\u0001\u0000\u0002\u0002F");
        forever();
    })),

    // Whose certificate is not its own.
    IS_EXPIRED("TLS: the certificate has expired", tls(valid("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"), ok())),
    IS_NOT_VALID_YET(
            "TLS: the certificate is not valid yet", tls(valid("2048-01-01T00:00:00Z", "2049-01-01T00:00:00Z"), ok())),
    IS_CALLED_OTHERWISE(
            "TLS: the certificate is not valid for this host",
            tls(authority().serverContext("hooks.example.com"), ok())),
    IS_OF_AN_UNKNOWN_AUTHORITY(
            "TLS: the certificate is from no trusted authority",
            tls(LocalAuthority.create().serverContext("127.0.0.1"), ok())),
    VOUCHES_FOR_ITSELF(
            "TLS: the certificate is from no trusted authority", tls(LocalAuthority.selfSignedContext(), ok())),

    // After the request.
    SAYS_NOTHING("TIMEOUT: timed out while waiting for the answer", tls(_ -> forever())),
    CLOSES_WITHOUT_A_WORD("PROTOCOL: no valid HTTP answer while waiting for the answer", tls(_ -> {})),
    RESETS_WITHOUT_A_WORD("PROTOCOL: the connection was reset while waiting for the answer", resetting("")),
    RESETS_IN_THE_STATUS("PROTOCOL: the connection was reset while waiting for the answer", resetting("HTTP/1.1 2")),
    RESETS_IN_THE_HEADERS(
            "PROTOCOL: the connection was reset while waiting for the answer",
            resetting("HTTP/1.1 200 OK\r\nx: y\r\n")),
    /** A reset overtakes what was sent before it, where nobody has read that yet. */
    RESETS_IN_THE_BODY(
            "PROTOCOL: the connection was reset while reading the body of the answer"
                    + " or PROTOCOL: the connection was reset while waiting for the answer",
            resetting("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")),
    STOPS_IN_THE_BODY(
            "PROTOCOL: no valid HTTP answer while reading the body of the answer",
            saying("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")),
    DRIPS_HEADERS("TIMEOUT: timed out while waiting for the answer", tls(connection -> {
        write(connection, "HTTP/1.1 200 OK\r\nx: ");
        drip(connection, "a");
    })),
    DRIPS_ITS_BODY("TIMEOUT: timed out while reading the body of the answer", tls(connection -> {
        write(connection, "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        drip(connection, "a");
    })),
    DRIPS_1XX(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            tls(connection -> drip(connection, "HTTP/1.1 103 Early Hints\r\n\r\n"))),
    FLOODS_WITH_1XX("PROTOCOL: no valid HTTP answer while waiting for the answer", tls(connection -> {
        while (true) {
            write(connection, "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000));
        }
    })),
    FLOODS_WITH_ONE_LINE("PROTOCOL: no valid HTTP answer while waiting for the answer", tls(connection -> {
        while (true) {
            write(connection, "a".repeat(8192));
        }
    })),
    FLOODS_WITH_HEADERS("PROTOCOL: no valid HTTP answer while waiting for the answer", tls(connection -> {
        write(connection, "HTTP/1.1 200 OK\r\n");
        while (true) {
            write(connection, "x: y\r\n".repeat(1000));
        }
    })),
    SENDS_ONE_HEADER_THAT_IS_TOO_LONG(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 200 OK\r\nx: " + "a".repeat(8 * 1024) + "\r\n\r\n")),
    SENDS_TOO_MANY_HEADERS(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(65) + "\r\n")),

    // Answers that are none.
    SPEAKS_SOMETHING_ELSE(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("220 mail.example.com ESMTP\r\n\r\n")),
    SPEAKS_HTTP_0_9("PROTOCOL: no valid HTTP answer while waiting for the answer", saying("<html>OK</html>")),
    SPEAKS_HTTP_2(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying(
                    // SETTINGS, then GOAWAY with NO_ERROR.
                    "\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000"
                            + "\u0000\u0000\u0008\u0007\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000")),
    HAS_NO_STATUS("PROTOCOL: no valid HTTP answer while waiting for the answer", saying("HTTP/1.1 abc OK\r\n\r\n")),
    HAS_A_STATUS_THAT_IS_NONE(
            "PROTOCOL: no valid HTTP answer while waiting for the answer", saying("HTTP/1.1 99 OK\r\n\r\n")),
    HAS_A_STATUS_BEYOND_ALL(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n")),
    HAS_A_CHUNK_OF_NO_LENGTH(
            "PROTOCOL: no valid HTTP answer while reading the body of the answer",
            saying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")),
    HAS_A_NEGATIVE_CHUNK(
            "PROTOCOL: no valid HTTP answer while reading the body of the answer",
            saying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n")),
    HAS_A_NEGATIVE_LENGTH(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n")),
    HAS_A_LENGTH_BEYOND_ALL(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n")),
    HAS_TWO_LENGTHS(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc")),
    HAS_AN_UNKNOWN_CODING(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 200 OK\r\ntransfer-encoding: identity, rot13\r\n\r\nabc")),
    SWITCHES_PROTOCOLS(
            "PROTOCOL: no valid HTTP answer while waiting for the answer",
            saying("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n")),

    // Answers that are some.
    ANSWERS_WITHOUT_A_BODY("204", saying("HTTP/1.1 204 No Content\r\n\r\n")),
    ANSWERS_204_WITH_A_BODY("204", saying("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello")),
    ANSWERS_BEFORE_IT_CLOSES("200", saying("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall of it")),
    ANSWERS_AFTER_A_HINT(
            "200",
            saying("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")),
    ANSWERS_IN_HTTP_1_0("200", saying("HTTP/1.0 200 OK\r\n\r\nOK")),
    SENDS_US_TO_THE_METADATA("301", redirecting("https://169.254.169.254/latest/meta-data/")),
    IS_GONE("410", saying("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")),
    // How long each of these is left alone: RetryAfterTest.
    IS_BUSY("429", saying("HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n")),
    IS_BUSY_FOR_SECONDS("429, busy: 120", busy("120")),
    IS_BUSY_UNTIL_A_DATE("429, busy: Fri, 17 Apr 2026 12:00:30 GMT", busy("Fri, 17 Apr 2026 12:00:30 GMT")),
    IS_BUSY_UNTIL_A_DATE_OF_OLD("429, busy: Friday, 17-Apr-26 12:00:30 GMT", busy("Friday, 17-Apr-26 12:00:30 GMT")),
    IS_BUSY_UNTIL_A_DATE_OF_C("429, busy: Fri Apr 17 12:00:30 2026", busy("Fri Apr 17 12:00:30 2026")),
    IS_BUSY_FOR_EVER("429, busy: 99999999999999999999", busy("99999999999999999999")),
    IS_BUSY_FOR_NOTHING("429, busy: soon", busy("soon")),
    HAS_AN_ENDLESS_BODY("200", tls(connection -> {
        write(connection, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        String chunk = "2000\r\n" + "a".repeat(0x2000) + "\r\n";
        while (true) {
            write(connection, chunk);
        }
    })),
    HAS_AN_ENDLESS_TRAILER("PROTOCOL: no valid HTTP answer while reading the body of the answer", tls(connection -> {
        write(connection, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n");
        while (true) {
            write(connection, "x: y\r\n".repeat(1000));
        }
    })),
    /** Less than a kilobyte, and 64 mebibytes to whoever inflates it twice. */
    SENDS_A_BOMB("200", saying(bomb()));

    /** How a server of that kind begins. */
    @FunctionalInterface
    interface Opening {
        HostileServer open();
    }

    private final String expected;

    @SuppressWarnings("ImmutableEnumChecker") // a lambda without state
    private final Opening opening;

    HostileReceiver(String expected, Opening opening) {
        this.expected = expected;
        this.opening = opening;
    }

    String expected() {
        return expected;
    }

    HostileServer open() {
        return opening.open();
    }

    /** Whom the client of the test trusts. */
    static LocalAuthority authority() {
        return Trusted.AUTHORITY;
    }

    private static final class Trusted {
        static final LocalAuthority AUTHORITY = LocalAuthority.create();
        static final SSLContext CONTEXT = AUTHORITY.serverContext("127.0.0.1");
    }

    private static SSLContext valid(String from, String until) {
        return authority().serverContext(Instant.parse(from), Instant.parse(until), "127.0.0.1");
    }

    private static Opening raw(HostileServer.Behaviour behaviour) {
        return () -> HostileServer.raw(behaviour);
    }

    private static Opening tls(HostileServer.Behaviour behaviour) {
        return tls(Trusted.CONTEXT, behaviour);
    }

    private static Opening tls(SSLContext context, HostileServer.Behaviour behaviour) {
        return () -> HostileServer.tls(context, behaviour);
    }

    private static Opening saying(String text) {
        return tls(connection -> write(connection, text));
    }

    private static Opening redirecting(String where) {
        return saying("HTTP/1.1 301 Moved\r\nlocation: " + where + "\r\ncontent-length: 0\r\n\r\n");
    }

    private static Opening busy(String retryAfter) {
        return saying("HTTP/1.1 429 Too Many Requests\r\nretry-after: " + retryAfter + "\r\ncontent-length: 0\r\n\r\n");
    }

    private static String bomb() {
        byte[] body = HostileServer.gzip(HostileServer.gzip(new byte[1 << 26]));
        return "HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip\r\ncontent-length: " + body.length + "\r\n\r\n"
                + new String(body, ISO_8859_1);
    }

    private static HostileServer.Behaviour ok() {
        return connection -> write(connection, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }

    /** Of the connection below the TLS, as a process that dies does it. */
    private static Opening resetting(String after) {
        return () -> HostileServer.tlsOver(Trusted.CONTEXT, (SSLSocket secured, Socket below) -> {
            write(secured, after);
            reset(below);
        });
    }
}
