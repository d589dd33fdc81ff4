package tocsin.sender.egress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static tocsin.sender.egress.EgressClients.AUTHORITY;
import static tocsin.sender.egress.EgressClients.broken;
import static tocsin.sender.egress.EgressClients.hook;
import static tocsin.sender.egress.EgressClients.request;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.ErrorClass;

/** Connections are bounded, used again while they are well, and closed when nobody uses them. */
class KeepsConnectionsTest {

    private final EgressClients egress = new EgressClients();

    @AfterEach
    void close() throws IOException {
        egress.close();
    }

    @Test
    void throwsWhenNoConnectionIsFree() throws Exception {
        try (HostileServer server = HostileServer.raw(_ -> HostileServer.forever());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = egress.client();
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
            EgressClient client = egress.client(InetAddress::getAllByName, Duration.ofSeconds(5), 1, 80, "127.0.0.1");
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
            EgressClient client = egress.client();

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
            EgressClient client = egress.client();
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
            EgressClient client = egress.client();

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
            EgressClient client = egress.client();
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
}
