package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.WebhookReceiver;

/** Behind a forward proxy, under the deadline that customers are told: whoever says nothing holds the one connection no longer than 10.5 s. */
class SilenceHoldsNoConnectionTest {

    private static final LocalAuthority AUTHORITY = LocalAuthority.create();
    private static final Duration LONGEST = Duration.ofMillis(10_500);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    /**
     * @param port of the receiver that is asked first
     * @param proxy what it answers the first time; then it makes tunnels
     */
    private record Silence(String name, int port, String proxy, String expected) {}

    /** @param next of a request after it, to a receiver that answers */
    private record Ended(String how, Duration took, String next) {}

    @Test
    void butEndsInTimeAndLetsTheNextGo() throws Exception {
        try (WebhookReceiver answering = WebhookReceiver.answering(AUTHORITY, 200);
                WebhookReceiver holding = WebhookReceiver.answering(AUTHORITY, 200);
                // Its backlog takes connections.
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            holding.hold();
            Path trust = AUTHORITY.writeTrustStore(directory.resolve("trust.p12"));
            List<Silence> silences = List.of(
                    new Silence("the proxy", answering.port(), ScriptedProxy.SILENCE, "timed out while connecting"),
                    new Silence("the proxy's head", answering.port(), ScriptedProxy.DRIP, "timed out while connecting"),
                    new Silence(
                            "TLS", mute.getLocalPort(), ScriptedProxy.TUNNEL, "timed out while shaking hands (TLS)"),
                    new Silence(
                            "the answer",
                            holding.port(),
                            ScriptedProxy.TUNNEL,
                            "timed out while waiting for the answer"));

            // When
            Map<Silence, Future<Ended>> ended = new LinkedHashMap<>();
            silences.forEach(it -> ended.put(it, threads.submit(() -> end(it, answering.port(), trust))));

            // Then
            assertAll(ended.entrySet().stream().<Executable>map(entry -> () -> {
                Silence silence = entry.getKey();
                Ended end = entry.getValue().get();
                assertEquals(silence.expected(), end.how(), silence.name());
                assertTrue(end.took().compareTo(LONGEST) <= 0, () -> silence.name() + " took " + end.took());
                assertEquals("200", end.next(), silence.name());
            }));
            holding.release();
        }
    }

    private static Ended end(Silence silence, int answering, Path trust) throws Exception {
        EgressConfig config = new EgressConfig(
                List.of("127.0.0.1"),
                trust,
                LocalAuthority.STORE_PASSWORD,
                Duration.parse(EgressConfig.DEADLINE),
                16,
                1);
        try (ScriptedProxy proxy = ScriptedProxy.answering(silence.proxy(), ScriptedProxy.TUNNEL);
                EgressClient client = new EgressClient(
                        config,
                        AddressRules.allowing(config.allow()),
                        ForwardProxy.of(new ProxyConfig(proxy.address(), "", "")),
                        InetAddress::getAllByName)) {
            long start = System.nanoTime();
            String how = how(client.post(request(silence.port())));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return new Ended(how, took, how(client.post(request(answering))));
        }
    }

    private static EgressRequest request(int port) {
        return new EgressRequest(
                URI.create("https://127.0.0.1:" + port + "/hook"), "one", new LinkedHashMap<>(), "{}".getBytes(UTF_8));
    }

    private static String how(EgressResult result) {
        return switch (result) {
            case Answered answered -> Integer.toString(answered.status());
            case Broken broken -> broken.reason();
        };
    }
}
