package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.testsupport.LocalAuthority;

/**
 * All of them at once, under the deadline that customers are told: each ends as it should, in plain words, and none holds anybody for longer than
 * 10.5 s.
 */
class HostileReceiversTest {

    private static final Duration DEADLINE = Duration.parse(EgressConfig.DEADLINE);
    private static final Duration LONGEST = Duration.ofMillis(10_500);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    private record Ended(String how, Duration took) {}

    private final CountDownLatch over = new CountDownLatch(1);

    /** Also those that are hostile before there is a connection. */
    private InetAddress[] lookup(String host) throws UnknownHostException {
        return switch (host) {
            case "slow.example.com" -> {
                awaitTheEnd();
                throw new UnknownHostException(host);
            }
            case "127.0.0.1", "127.0.0.2" -> new InetAddress[] {InetAddress.ofLiteral(host)};
            default -> throw new UnknownHostException(host);
        };
    }

    private void awaitTheEnd() {
        try {
            over.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void endAsTheyShouldAndInTime() throws Exception {
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, Future<Ended>> ended = new LinkedHashMap<>();
        List<AutoCloseable> open = new ArrayList<>();
        EgressConfig config = new EgressConfig(
                List.of("127.0.0.0/8"),
                HostileReceiver.authority().writeTrustStore(directory.resolve("trust.p12")),
                LocalAuthority.STORE_PASSWORD,
                DEADLINE,
                8,
                200);
        try (EgressClient client = new EgressClient(
                        config, AddressRules.allowing(config.allow()), Optional.empty(), this::lookup);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                // Given
                Map<String, String> urls = new LinkedHashMap<>();
                for (HostileReceiver receiver : HostileReceiver.values()) {
                    HostileServer server = receiver.open();
                    open.add(server);
                    urls.put(receiver.name(), "https://127.0.0.1:" + server.port() + "/hook");
                    expected.put(receiver.name(), receiver.expected());
                }
                urls.put("HAS_NO_NAME", "https://nowhere.example.com/");
                expected.put("HAS_NO_NAME", "DNS: the host name was not found");
                urls.put("HAS_A_SLOW_NAME_SERVER", "https://slow.example.com/");
                expected.put("HAS_A_SLOW_NAME_SERVER", "TIMEOUT: timed out while looking up the host name");
                urls.put("REFUSES", "https://127.0.0.1:" + closedPort() + "/");
                expected.put("REFUSES", "CONNECT: the connection was refused");
                urls.put("IS_HALF_OPEN", "https://127.0.0.2:" + halfOpenPort(open) + "/");
                expected.put("IS_HALF_OPEN", "TIMEOUT: timed out while connecting");

                // When
                urls.forEach((name, url) -> ended.put(name, threads.submit(() -> post(client, url))));
                for (Future<Ended> each : ended.values()) {
                    each.get();
                }
            } finally {
                over.countDown();
                for (AutoCloseable each : open) {
                    each.close();
                }
            }
        }

        // Then
        assertAll(ended.entrySet().stream().<Executable>map(entry -> () -> {
            Ended end = entry.getValue().get();
            String awaited = Objects.requireNonNull(expected.get(entry.getKey()));
            assertTrue(
                    List.of(awaited.split(" or (?=[A-Z]+:)")).contains(end.how()),
                    () -> entry.getKey() + ": " + end.how() + " instead of " + awaited);
            assertTrue(end.took().compareTo(LONGEST) <= 0, entry.getKey() + " took " + end.took());
            if (!end.how().startsWith("TIMEOUT")) {
                assertTrue(end.took().compareTo(DEADLINE) < 0, entry.getKey() + " took " + end.took());
            }
        }));
    }

    private static Ended post(EgressClient client, String url) throws InterruptedException {
        EgressRequest request =
                new EgressRequest(URI.create(url), url, new LinkedHashMap<>(), "{\"a\":1}".getBytes(UTF_8));
        long start = System.nanoTime();
        EgressResult result = client.post(request);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Ended(
                switch (result) {
                    case Answered answered ->
                        answered.status()
                                + answered.retryAfter()
                                        .map(value -> ", busy: " + value)
                                        .orElse("");
                    case Broken broken -> broken.errorClass() + ": " + broken.reason();
                },
                took);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** Nobody accepts: once the backlog is full, the kernel answers no further connection. */
    private static int halfOpenPort(List<AutoCloseable> open) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"));
        open.add(server);
        assertThrows(SocketTimeoutException.class, () -> {
            for (int i = 0; i < 10; i++) {
                Socket socket = new Socket();
                open.add(socket);
                socket.connect(server.getLocalSocketAddress(), 200);
            }
        });
        return server.getLocalPort();
    }
}
