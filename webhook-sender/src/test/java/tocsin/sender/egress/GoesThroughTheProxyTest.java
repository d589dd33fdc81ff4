package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.sender.egress.EgressResult.ErrorClass;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

class GoesThroughTheProxyTest {

    private static final LocalAuthority AUTHORITY = LocalAuthority.create();
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Every name leads to that address. */
    private EgressClient client(String proxy, String address) {
        return client(proxy, address, DEADLINE);
    }

    private EgressClient client(String proxy, String address, Duration deadline) {
        EgressConfig config = new EgressConfig(
                List.of("127.0.0.1"),
                AUTHORITY.writeTrustStore(directory.resolve("trust.p12")),
                LocalAuthority.STORE_PASSWORD,
                deadline,
                16,
                2);
        return new EgressClient(
                config,
                AddressRules.allowing(config.allow()),
                ForwardProxy.of(new ProxyConfig(proxy, "tocsin", "s3cret:é")),
                _ -> new InetAddress[] {InetAddress.getByName(address)});
    }

    private static EgressRequest request(String host, int port) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("webhook-id", "msg_1");
        return new EgressRequest(
                URI.create("https://" + host + ":" + port + "/hook"), "one", headers, "{}".getBytes(UTF_8));
    }

    @Test
    void asksForTheVettedAddressAndKeepsTheNameForTheReceiver() throws InterruptedException, IOException {
        try (ScriptedProxy proxy = ScriptedProxy.answering(ScriptedProxy.TUNNEL);
                WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 200);
                EgressClient client = client(proxy.address(), "127.0.0.1")) {
            // When
            EgressResult result = client.post(request("localhost", receiver.port()));
            client.post(request("localhost", receiver.port()));

            // Then
            String target = "127.0.0.1:" + receiver.port();
            assertEquals(200, assertInstanceOf(Answered.class, result).status());
            assertEquals(Optional.of("127.0.0.1"), result.trace().address());
            assertEquals(
                    List.of("CONNECT " + target + " HTTP/1.1\r\nHost: " + target
                            + "\r\nUser-Agent: Tocsin\r\nProxy-Authorization: Basic dG9jc2luOnMzY3JldDrDqQ==\r\n\r\n"),
                    proxy.heads());
            assertEquals(2, receiver.received().size());
            ReceivedRequest received = receiver.received().getFirst();
            assertEquals(Optional.of("localhost:" + receiver.port()), received.header("host"));
            assertEquals(Optional.empty(), received.header("proxy-authorization"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "169.254.169.254", "::1", "127.0.0.2"})
    void asksForNoTunnelToAForbiddenAddress(String address) throws InterruptedException, IOException {
        try (ScriptedProxy proxy = ScriptedProxy.answering(ScriptedProxy.TUNNEL);
                EgressClient client = client(proxy.address(), address)) {
            // When
            EgressResult result = client.post(request("hooks.example.com", 443));

            // Then
            assertEquals(
                    ErrorClass.ADDRESS, assertInstanceOf(Broken.class, result).errorClass());
            assertEquals(List.of(), proxy.heads());
        }
    }

    @Test
    void trustsNobodyForHavingATunnel() throws InterruptedException, IOException {
        try (ScriptedProxy proxy = ScriptedProxy.answering(ScriptedProxy.TUNNEL);
                WebhookReceiver receiver = WebhookReceiver.answering(AUTHORITY, 200);
                EgressClient client = client(proxy.address(), "127.0.0.1")) {
            // When
            EgressResult result = client.post(request("hooks.example.com", receiver.port()));

            // Then
            Broken broken = assertInstanceOf(Broken.class, result);
            assertEquals("the certificate is not valid for this host", broken.reason());
            assertEquals(List.of(), receiver.received());
        }
    }

    /** The receiver's, or its way there. */
    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 502 Bad Gateway, CONNECT, our proxy could not connect to the host: it answered 502",
        "HTTP/1.0 403 no, CONNECT, our proxy could not connect to the host: it answered 403",
        "HTTP/1.1 302 Found, CONNECT, our proxy could not connect to the host: it answered 302",
        "'', TIMEOUT, timed out while connecting"
    })
    void tellsWhatKeepsTheProxyFromTheReceiver(String status, ErrorClass errorClass, String reason)
            throws InterruptedException, IOException {
        Duration deadline = status.isEmpty() ? Duration.ofSeconds(1) : DEADLINE;
        try (ScriptedProxy proxy =
                        ScriptedProxy.answering(status.isEmpty() ? ScriptedProxy.SILENCE : status + "\r\n\r\n");
                EgressClient client = client(proxy.address(), "127.0.0.1", deadline)) {
            // When
            EgressResult result = client.post(request("hooks.example.com", 443));

            // Then
            Broken broken = assertInstanceOf(Broken.class, result);
            assertEquals(errorClass, broken.errorClass());
            assertEquals(reason, broken.reason());
        }
    }

    /** Ours: the delivery waits, and no attempt is spent. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                "SSH-2.0-x\r\n\r\n",
                "HTTP/1.1 20",
                "HTTP/1.1 2000\r\n\r\n"
            })
    void holdsNothingAgainstAReceiverThatNobodyAsked(String answer) throws IOException {
        try (ScriptedProxy proxy = ScriptedProxy.answering(answer);
                EgressClient client = client(proxy.address(), "127.0.0.1")) {
            ProxyUnavailableException unavailable =
                    assertThrows(ProxyUnavailableException.class, () -> client.post(request("hooks.example.com", 443)));
            assertFalse(String.valueOf(unavailable.getMessage()).contains("s3cret"));
        }
    }

    @Test
    void readsNoMoreOfAProxyThanAHeadHas() throws IOException {
        holdsNothingAgainstAReceiverThatNobodyAsked("HTTP/1.1 200 OK\r\n" + "via: proxy\r\n".repeat(1_000));
    }

    @Test
    void holdsNothingAgainstAReceiverWhereTheProxyIsAway() throws IOException {
        // Given
        ScriptedProxy proxy = ScriptedProxy.answering(ScriptedProxy.SILENCE);
        proxy.close();
        try (EgressClient client = client(proxy.address(), "127.0.0.1")) {
            assertThrows(ProxyUnavailableException.class, () -> client.post(request("hooks.example.com", 443)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "proxy.example.com:3128, proxy.example.com, 3128",
        "' 192.0.2.1:8080 ', 192.0.2.1, 8080",
        "[2001:db8::1]:8080, [2001:db8::1], 8080"
    })
    void readsWhereTheProxyIs(String address, String host, int port) {
        // When
        ForwardProxy proxy =
                ForwardProxy.of(new ProxyConfig(address, "tocsin", "s3cret")).orElseThrow();

        // Then
        assertEquals(host, proxy.host());
        assertEquals(port, proxy.port());
        assertTrue(proxy.toString().contains(host));
        assertFalse(proxy.toString().contains("Basic"));
        assertFalse(new ProxyConfig(address, "tocsin", "s3cret").toString().contains("s3cret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example.com",
                "http://proxy.example.com:3128",
                "tocsin:s3cret@proxy.example.com:3128",
                "proxy.example.com:0",
                "proxy.example.com:65536",
                "proxy.example.com:3128/x"
            })
    void refusesWhatIsNoPlaceOfAProxyAndRepeatsNothingOfIt(String address) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> ForwardProxy.of(new ProxyConfig(address, "", "")));
        assertFalse(String.valueOf(refused.getMessage()).contains("example.com"));
    }

    @Test
    void needsNoProxy() {
        assertEquals(Optional.empty(), ForwardProxy.of(new ProxyConfig(null, "", "")));
        assertEquals(Optional.empty(), ForwardProxy.of(new ProxyConfig(" ", "", "")));
    }
}
