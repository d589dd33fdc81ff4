package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static tocsin.sender.egress.EgressClients.AUTHORITY;
import static tocsin.sender.egress.EgressClients.DEADLINE;
import static tocsin.sender.egress.EgressClients.broken;
import static tocsin.sender.egress.EgressClients.hook;
import static tocsin.sender.egress.EgressClients.request;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.ErrorClass;
import tocsin.testsupport.Answer;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

class EgressClientTest {

    private final EgressClients egress = new EgressClients();

    @AfterEach
    void close() throws IOException {
        egress.close();
    }

    @Test
    void postsTheBytesAndHeadersAsTheyAre() throws InterruptedException {
        try (WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 204)) {
            // When
            EgressResult result = egress.client().post(request(receiver.url() + "/a%2Fb?c=d%20e"));

            // Then
            assertEquals(204, assertInstanceOf(Answered.class, result).status());
            ReceivedRequest received = receiver.received().getFirst();
            assertEquals("POST", received.method());
            assertEquals("/hook/a%2Fb?c=d%20e", received.path());
            assertEquals("{\"a\":\"é\"}", received.bodyText());
            assertEquals(Optional.of("application/json"), received.header("content-type"));
            assertEquals(Optional.of("msg_1"), received.header("webhook-id"));
            assertEquals(Optional.empty(), received.header("accept-encoding"));
            assertEquals(Optional.empty(), received.header("upgrade"));
        }
    }

    @Test
    void keepsTheHostOfAUrlWhosePathLooksLikeAnother() throws InterruptedException {
        try (WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 200)) {
            // When
            egress.client().post(request("https://127.0.0.1:" + receiver.port() + "//example.com/x"));

            // Then
            ReceivedRequest received = receiver.received().getFirst();
            assertEquals(Optional.of("127.0.0.1:" + receiver.port()), received.header("host"));
            assertEquals("//example.com/x", received.path());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 299, 301, 302, 307, 308, 400, 410, 429, 500, 503})
    void handsOverTheStatusAndFollowsNothing(int status) throws InterruptedException {
        try (WebhookReceiver elsewhere = WebhookReceiver.answering(AUTHORITY, 200);
                WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 200)) {
            // Given
            receiver.answerWith(List.of(
                    Answer.of(status).header("Location", elsewhere.url()).header("Retry-After", "7")));

            // When
            EgressResult result = egress.client().post(request(receiver.url()));

            // Then
            Answered answered = assertInstanceOf(Answered.class, result);
            assertEquals(status, answered.status());
            assertEquals(Optional.of("7"), answered.retryAfter());
            assertEquals(1, receiver.received().size());
            assertEquals(0, elsewhere.received().size());
        }
    }

    @Test
    void refusesALoopbackAddressThatIsNotAllowed() throws InterruptedException {
        try (HostileServer server = HostileServer.raw(connection -> connection.close())) {
            // When
            EgressResult result =
                    egress.client(InetAddress::getAllByName, DEADLINE).post(request(hook(server.port())));

            // Then
            assertEquals(ErrorClass.ADDRESS, broken(result).errorClass());
            assertEquals(
                    "the host has the address 127.0.0.1, which is loopback",
                    broken(result).reason());
            assertEquals(0, server.accepted());
        }
    }

    @Test
    void connectsToTheAddressThatItVettedHoweverTheNameChanges() throws InterruptedException {
        try (WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 200)) {
            // Given
            AtomicInteger lookups = new AtomicInteger();
            Lookup rebinding = _ ->
                    new InetAddress[] {InetAddress.ofLiteral(lookups.incrementAndGet() == 1 ? "127.0.0.1" : "10.0.0.1")
                    };

            // When
            EgressResult result = egress.client(rebinding, DEADLINE, "127.0.0.1")
                    .post(request("https://localhost:" + receiver.port() + "/hook"));

            // Then
            assertEquals(200, assertInstanceOf(Answered.class, result).status());
            assertEquals(1, lookups.get());
        }
    }

    @Test
    void triesTheNextAddressWhenTheFirstIsDead() throws Exception {
        // Given
        Lookup both = _ -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")};
        List<Socket> backlog = new ArrayList<>();
        try (WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 200);
                ServerSocket dead = new ServerSocket(receiver.port(), 1, InetAddress.ofLiteral("127.0.0.2"))) {
            // Nobody accepts: once the backlog is full, the kernel answers no further connection.
            assertThrows(SocketTimeoutException.class, () -> {
                for (int i = 0; i < 10; i++) {
                    Socket socket = new Socket();
                    backlog.add(socket);
                    socket.connect(dead.getLocalSocketAddress(), 200);
                }
            });

            // When
            EgressResult result = egress.client(both, Duration.ofSeconds(3), "127.0.0.0/8")
                    .post(request("https://localhost:" + receiver.port() + "/hook"));

            // Then
            assertEquals(200, assertInstanceOf(Answered.class, result).status());
        } finally {
            for (Socket socket : backlog) {
                socket.close();
            }
        }
    }

    @Test
    void readsNoMoreThanItNeedsOfAnEndlessBody() throws InterruptedException {
        // Given
        HostileServer.Behaviour endless = connection -> {
            HostileServer.write(connection, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            String chunk = "2000\r\n" + "a".repeat(0x2000) + "\r\n";
            while (true) {
                HostileServer.write(connection, chunk);
            }
        };
        try (HostileServer server = HostileServer.tls(AUTHORITY.serverContext("127.0.0.1"), endless)) {
            // Given
            EgressClient client = egress.client();

            // When: more often than the client has connections
            for (int i = 0; i < 5; i++) {
                EgressResult result = client.post(request(hook(server.port())));

                // Then
                assertEquals(200, assertInstanceOf(Answered.class, result).status());
            }
        }
    }

    @Test
    void inflatesNothing() throws InterruptedException {
        // Given
        byte[] zipped = HostileServer.gzip("a".repeat(1000).getBytes(ISO_8859_1));
        String answer = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: " + zipped.length + "\r\n\r\n"
                + new String(zipped, ISO_8859_1);
        try (HostileServer server = HostileServer.tls(
                AUTHORITY.serverContext("127.0.0.1"), connection -> HostileServer.write(connection, answer))) {
            // When
            EgressResult result = egress.client().post(request(hook(server.port())));

            // Then
            assertEquals(
                    new String(zipped, UTF_8),
                    assertInstanceOf(Answered.class, result).body());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hasItsConnectionsBackAtTheDeadline(boolean answersTheHandshake) throws InterruptedException {
        // Given a receiver that never says a word, or none after the handshake
        HostileServer.Behaviour silent = _ -> HostileServer.forever();
        try (HostileServer server = answersTheHandshake
                        ? HostileServer.tls(AUTHORITY.serverContext("127.0.0.1"), silent)
                        : HostileServer.raw(silent);
                WebhookReceiver sound = WebhookReceiver.answering(AUTHORITY, 204)) {
            EgressClient client = egress.client();

            // When as many wait for it as the client has connections
            for (int i = 0; i < EgressClients.CONNECTIONS; i++) {
                assertEquals(
                        ErrorClass.TIMEOUT,
                        broken(client.post(request(hook(server.port())))).errorClass());
            }

            // Then the next is not held up
            EgressResult result = client.post(request(sound.url().toString()));
            assertEquals(204, assertInstanceOf(Answered.class, result).status());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/",
                "https:///hook",
                "https://127.1/",
                "https://0x7f.1/",
                "https://127.0.0.1./"
            })
    void refusesATargetWithoutAHost(String url) {
        assertThrows(IllegalArgumentException.class, () -> request(url));
    }

    @Test
    void refusesATrustStoreThatIsNone() {
        // Given
        EgressConfig config = new EgressConfig(List.of(), Path.of("missing.p12"), "", DEADLINE, 1, 1);

        // Then
        assertThrows(
                IllegalArgumentException.class,
                () -> new EgressClient(config, AddressRules.allowing(List.of()), new ProxyConfig(null, "", "")));
    }
}
