package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.sender.egress.EgressResult.ErrorClass;
import tocsin.testsupport.Answer;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

class EgressClientTest {

    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private static final LocalAuthority AUTHORITY = LocalAuthority.create();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    private static @Nullable Path trustStore;

    private final List<EgressClient> clients = new ArrayList<>();

    @BeforeAll
    static void trust() {
        trustStore = AUTHORITY.writeTrustStore(directory.resolve("trust.p12"));
    }

    @AfterAll
    static void forget() {
        trustStore = null;
    }

    @AfterEach
    void close() throws IOException {
        for (EgressClient client : clients) {
            client.close();
        }
    }

    private EgressClient client(Lookup lookup, Duration deadline, String... allowed) {
        return client(lookup, deadline, 16, 2, allowed);
    }

    private EgressClient client(Lookup lookup, Duration deadline, int lookups, int connections, String... allowed) {
        EgressConfig config = new EgressConfig(
                List.of(allowed), trustStore, LocalAuthority.STORE_PASSWORD, deadline, lookups, connections);
        EgressClient client = new EgressClient(config, AddressRules.allowing(config.allow()), Optional.empty(), lookup);
        clients.add(client);
        return client;
    }

    private EgressClient client() {
        return client(InetAddress::getAllByName, DEADLINE, "127.0.0.0/8", "::1");
    }

    private static EgressRequest request(String url) {
        return request(url, "one");
    }

    private static EgressRequest request(String url, String owner) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", "application/json");
        headers.put("webhook-id", "msg_1");
        return new EgressRequest(URI.create(url), owner, headers, "{\"a\":\"é\"}".getBytes(UTF_8));
    }

    private static String hook(int port) {
        return "https://127.0.0.1:" + port + "/hook";
    }

    private static Broken broken(EgressResult result) {
        return assertInstanceOf(Broken.class, result);
    }

    @Test
    void postsTheBytesAndHeadersAsTheyAre() throws InterruptedException {
        try (WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 204)) {
            // When
            EgressResult result = client().post(request(receiver.url() + "/a%2Fb?c=d%20e"));

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
            client().post(request("https://127.0.0.1:" + receiver.port() + "//example.com/x"));

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
            EgressResult result = client().post(request(receiver.url()));

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
            EgressResult result = client(InetAddress::getAllByName, DEADLINE).post(request(hook(server.port())));

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
            EgressResult result = client(rebinding, DEADLINE, "127.0.0.1")
                    .post(request("https://localhost:" + receiver.port() + "/hook"));

            // Then
            assertEquals(200, assertInstanceOf(Answered.class, result).status());
            assertEquals(1, lookups.get());
        }
    }

    @Test
    void waitsForASlowNameServerNoLongerThanTheDeadlineAndKeepsOneThreadForIt() throws InterruptedException {
        // Given
        SlowLookup slow = new SlowLookup();
        EgressClient client = client(slow, Duration.ofMillis(300));

        // When
        EgressResult first = client.post(request("https://slow.example.com/"));
        EgressResult second = client.post(request("https://slow.example.com/"));
        EgressResult other = client.post(request("https://other.example.com/"));
        slow.answer();

        // Then
        assertEquals("timed out while looking up the host name", broken(first).reason());
        assertEquals("timed out while looking up the host name", broken(second).reason());
        assertEquals(ErrorClass.ADDRESS, broken(other).errorClass());
        assertEquals(1, slow.asked.get());
    }

    /** A name server that keeps everybody waiting for names of that beginning, until the test is over. */
    private static final class SlowLookup implements Lookup, AutoCloseable {

        private final CountDownLatch end = new CountDownLatch(1);
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public InetAddress[] addressesOf(String host) throws UnknownHostException {
            if (!host.startsWith("slow")) {
                return new InetAddress[] {InetAddress.ofLiteral("10.0.0.1")};
            }
            asked.incrementAndGet();
            try {
                end.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        }

        void answer() {
            end.countDown();
        }

        @Override
        public void close() {
            answer();
        }
    }

    @Test
    void delaysNobodyForTheManySlowNamesOfOneOrganisation() throws Exception {
        try (SlowLookup slow = new SlowLookup();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = client(slow, DEADLINE);
            List<Future<EgressResult>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                EgressRequest request = request("https://slow-" + i + ".example.com/", "one");
                results.add(threads.submit(() -> client.post(request)));
            }
            await().until(() -> slow.asked.get() >= 2);

            // When
            EgressResult other = client.post(request("https://hooks.example.com/", "another"));

            // Then
            assertEquals(ErrorClass.ADDRESS, broken(other).errorClass());
            for (Future<EgressResult> result : results) {
                assertEquals(
                        "timed out while looking up the host name",
                        broken(result.get()).reason());
            }
            assertEquals(2, slow.asked.get());
        }
    }

    @Test
    void looksUpWhatHadToWaitForOtherNamesOfItsOrganisation() throws Exception {
        try (SlowLookup slow = new SlowLookup();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = client(slow, Duration.ofSeconds(10), 1, 2);
            Future<EgressResult> first = threads.submit(() -> client.post(request("https://slow.example.com/")));
            await().until(() -> slow.asked.get() == 1);
            Future<EgressResult> second = threads.submit(() -> client.post(request("https://hooks.example.com/")));

            // When
            slow.answer();

            // Then
            assertEquals(ErrorClass.DNS, broken(first.get()).errorClass());
            assertEquals(ErrorClass.ADDRESS, broken(second.get()).errorClass());
        }
    }

    @Test
    void throwsWhenOthersHoldAllThreadsForLookUps() throws Exception {
        try (SlowLookup slow = new SlowLookup();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = client(slow, DEADLINE, 1, 2);
            Future<EgressResult> holder =
                    threads.submit(() -> client.post(request("https://slow.example.com/", "one")));
            await().until(() -> slow.asked.get() == 1);

            // Then
            assertThrows(
                    RejectedExecutionException.class,
                    () -> client.post(request("https://hooks.example.com/", "another")));
            assertEquals(ErrorClass.TIMEOUT, broken(holder.get()).errorClass());
        }
    }

    @Test
    void throwsWhenNoConnectionIsFree() throws Exception {
        try (HostileServer server = HostileServer.raw(_ -> HostileServer.forever());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = client();
            EgressRequest request = request(hook(server.port()));
            List<Future<EgressResult>> holders =
                    List.of(threads.submit(() -> client.post(request)), threads.submit(() -> client.post(request)));
            await().until(() -> server.accepted() == 2);

            // Then
            assertThrows(RejectedExecutionException.class, () -> client.post(request));
            for (Future<EgressResult> holder : holders) {
                assertEquals(ErrorClass.TIMEOUT, broken(holder.get()).errorClass());
            }
        }
    }

    @Test
    void givesOneHostAllConnectionsWhenNobodyElseNeedsThem() {
        try (HostileServer server = HostileServer.raw(_ -> HostileServer.forever());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = client(InetAddress::getAllByName, Duration.ofSeconds(5), 1, 80, "127.0.0.1");
            EgressRequest request = request(hook(server.port()));

            // When
            for (int i = 0; i < 80; i++) {
                var _ = threads.submit(() -> client.post(request));
            }

            // Then
            await().until(() -> server.accepted() == 80);
            threads.shutdownNow();
        }
    }

    @Test
    void closesAConnectionThatNobodyUses() throws Exception {
        CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        HostileServer.Behaviour patient = connection -> {
            HostileServer.write(connection, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            end.complete(null);
        };
        try (HostileServer server = HostileServer.tls(AUTHORITY.serverContext("127.0.0.1"), patient)) {
            EgressClient client = client();

            assertInstanceOf(Answered.class, client.post(request(hook(server.port()))));

            // Then the receiver has read to the end.
            assertNull(end.get(20, TimeUnit.SECONDS));
        }
    }

    /** @param farewell whether TLS's own is said before the connection ends */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void usesNoConnectionThatTheReceiverHasClosedUnannounced(boolean farewell) throws InterruptedException {
        // Given
        AtomicInteger ended = new AtomicInteger();
        HostileServer.LowBehaviour once = (secured, below) -> {
            HostileServer.write(secured, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            (farewell ? secured : below).close();
            ended.incrementAndGet();
        };
        try (HostileServer server = HostileServer.tlsOver(AUTHORITY.serverContext("127.0.0.1"), once)) {
            EgressClient client = client();
            for (int i = 1; i <= 10; i++) {
                // When
                EgressResult result = client.post(request(hook(server.port())));

                // Then
                assertInstanceOf(Answered.class, result);
                int soFar = i;
                await().until(() -> ended.get() == soFar);
            }
            assertEquals(10, server.accepted());
        }
    }

    @Test
    void usesAConnectionAgainThatIsWell() throws InterruptedException {
        // Given
        HostileServer.Behaviour always = connection -> {
            while (true) {
                HostileServer.write(connection, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                HostileServer.readRequest(connection.getInputStream());
            }
        };
        try (HostileServer server = HostileServer.tls(AUTHORITY.serverContext("127.0.0.1"), always)) {
            EgressClient client = client();

            // When
            for (int i = 0; i < 10; i++) {
                assertInstanceOf(Answered.class, client.post(request(hook(server.port()))));
            }

            // Then
            assertEquals(1, server.accepted());
        }
    }

    @Test
    void countsASilenceOnAConnectionUsedBeforeAsTheReceivers() throws InterruptedException {
        AtomicInteger requests = new AtomicInteger();
        HostileServer.Behaviour once = connection -> {
            requests.incrementAndGet();
            HostileServer.write(connection, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            HostileServer.forever();
        };
        try (HostileServer server = HostileServer.tls(AUTHORITY.serverContext("127.0.0.1"), once)) {
            // Given
            EgressClient client = client();
            assertInstanceOf(Answered.class, client.post(request(hook(server.port()))));

            // When
            EgressResult result = client.post(request(hook(server.port())));

            // Then
            assertEquals(
                    "timed out while waiting for the answer", broken(result).reason());
            assertEquals(1, server.accepted());
            assertEquals(1, requests.get());
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
            EgressResult result = client(both, Duration.ofSeconds(3), "127.0.0.0/8")
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
            EgressClient client = client();

            // When: more often than the client has connections
            for (int i = 0; i < 5; i++) {
                EgressResult result = client.post(request(hook(server.port())));

                // Then
                assertEquals(200, assertInstanceOf(Answered.class, result).status());
            }
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
        EgressConfig config = new EgressConfig(List.of(), directory.resolve("missing.p12"), "", DEADLINE, 1, 1);

        // Then
        assertThrows(
                IllegalArgumentException.class,
                () -> new EgressClient(config, AddressRules.allowing(List.of()), new ProxyConfig(null, "", "")));
    }
}
