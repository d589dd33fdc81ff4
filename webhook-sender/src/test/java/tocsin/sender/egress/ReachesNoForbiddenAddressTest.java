package tocsin.sender.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.egress.EgressClients.request;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.sender.egress.EgressResult.ErrorClass;
import tocsin.sender.endpoint.UrlRules;
import tocsin.testsupport.WebhookReceiver;

/**
 * Whatever an endpoint's URL is written like, and whatever its name leads to now or a moment later, nobody on a forbidden address is called: asked
 * at the registration and, as if that had let it through, at the attempt. Listeners on the loopback addresses count who comes.
 */
class ReachesNoForbiddenAddressTest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final AddressRules PUBLIC = AddressRules.allowing(List.of());

    @SuppressWarnings("NullAway.Init")
    private static HostileServer four;

    @SuppressWarnings("NullAway.Init")
    private static HostileServer six;

    @AutoClose
    private final EgressClients egress = new EgressClients();

    @BeforeAll
    static void listen() {
        four = HostileServer.raw(connection -> connection.close());
        six = HostileServer.counting("::1", four.port());
    }

    @AfterAll
    static void stop() {
        four.close();
        six.close();
    }

    private static String registration(String url) {
        return switch (new UrlRules(PUBLIC).judge(url)) {
            case UrlRules.Verdict.Accepted _ -> "accepted";
            case UrlRules.Verdict.Refused(String reason) -> reason;
        };
    }

    /** Hosts that mean the listeners to one parser or another, and what the owner is told. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        127.0.0.1                    | loopback
        127.0.0.1.                   | host name
        127.1                        | host name
        127.0.1                      | host name
        2130706433                   | four decimal numbers
        2130706433.                  | dot
        0x7f000001                   | four decimal numbers
        0X7F000001                   | four decimal numbers
        0x7f.0.0.1                   | host name
        0x7f.1                       | host name
        017700000001                 | four decimal numbers
        0177.0.0.1                   | four decimal numbers
        0177.1                       | host name
        00000177.0.0.1               | four decimal numbers
        127.0.0.0x1                  | host name
        127.000.000.001              | four decimal numbers
        4294967297                   | four decimal numbers
        0                            | four decimal numbers
        0.0.0.0                      | unspecified
        localhost                    | loopback
        LocalHost                    | loopback
        localhost.                   | dot
        a.localhost                  | loopback
        [::1]                        | loopback
        [0:0:0:0:0:0:0:1]            | loopback
        [0000:0000:0000:0000:0000:0000:0000:0001] | loopback
        [::]                         | unspecified
        [::ffff:127.0.0.1]           | loopback
        [::ffff:7f00:1]              | loopback
        [0:0:0:0:0:ffff:7f00:1]      | loopback
        [::FFFF:127.0.0.1]           | loopback
        [::127.0.0.1]                | IPv4-compatible
        [::ffff:0:127.0.0.1]         | IPv4-translated
        [64:ff9b::127.0.0.1]         | NAT64
        [64:ff9b:1::7f00:1]          | NAT64
        [2002:7f00:1::]              | 6to4
        [2001:0:7f00:1::]            | Teredo
        [fe80::1]                    | link-local
        [fe80::5efe:127.0.0.1]       | link-local
        [2600::5efe:127.0.0.1]       | ISATAP
        [2600::200:5efe:7f00:1]      | ISATAP
        [::1%25lo]                   | zone
        [fe80::1%25lo]               | zone
        user@127.0.0.1               | credentials
        hooks.example.com@127.0.0.1  | credentials
        user:secret@[::1]            | credentials
        """)
    void isCalledBySpelling(String host, String why) throws InterruptedException {
        // Given
        String url = "https://" + host + ":" + four.port() + "/";

        // When
        String told = registration(url);

        // Then
        assertTrue(told.contains(why), told);
        String attempt = attempt(url);
        assertTrue(List.of("no target", "ADDRESS", "DNS").contains(attempt), attempt);
        assertEquals(0, four.accepted() + six.accepted());
    }

    private String attempt(String url) throws InterruptedException {
        EgressRequest request;
        try {
            request = request(url);
        } catch (IllegalArgumentException _) {
            return "no target";
        }
        return assertInstanceOf(
                        Broken.class,
                        egress.client(ReachesNoForbiddenAddressTest::asTheSystemReadsIt, DEADLINE)
                                .post(request))
                .errorClass()
                .name();
    }

    /** Java reads 0177.0.0.1 as a public address, which no test calls. */
    private static InetAddress[] asTheSystemReadsIt(String host) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (InetAddress address : addresses) {
            if (PUBLIC.refusal(address).isEmpty()) {
                throw new UnknownHostException(host);
            }
        }
        return addresses;
    }

    /** What is no URL to one parser and another host to the next. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1\\@hooks.example.com/",
                "https://hooks.example.com\\.127.0.0.1/",
                "https://hooks.example.com#@127.0.0.1/",
                "https://hooks.example.com?@127.0.0.1:1/#x",
                "https://127%2e0%2e0%2e1/",
                "https://%31%32%37.0.0.1/",
                "https://127。0。0。1/",
                "https://①②⑦.0.0.1/",
                "https://127.0.0.1\u0000.example.com/",
                "https://127.0.0.1 .example.com/",
                "https://[::1/",
                "https://[::1]hooks.example.com/",
                "https://[v1.127.0.0.1]/",
                "https:127.0.0.1/",
                "https:/127.0.0.1/",
                "https:///127.0.0.1/",
                "//127.0.0.1/",
                "http://127.0.0.1/",
                "gopher://127.0.0.1/",
                "file:///etc/passwd",
                "jar:https://127.0.0.1/x!/",
            })
    void isNoUrlThatIsRegistered(String url) {
        assertNotEquals("accepted", registration(url));
    }

    /** A name is registered, since it may lead anywhere at any time; each attempt judges where it leads, before it calls. */
    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "127.0.0.1, loopback",
        "127.255.255.254, loopback",
        "::1, loopback",
        "0.0.0.0, unspecified",
        "::, unspecified",
        "10.0.0.1, private",
        "172.16.0.1, private",
        "192.168.0.1, private",
        "fd12:3456::1, private (unique local)",
        "fec0::1, private (site-local)",
        "169.254.0.1, link-local",
        "fe80::1, link-local",
        "169.254.169.254, a cloud metadata address",
        "fd00:ec2::254, a cloud metadata address",
        "100.100.100.200, a cloud metadata address",
        "168.63.129.16, a cloud metadata address",
        "100.64.0.1, shared by carriers (CGNAT)",
        "224.0.0.1, multicast",
        "ff02::1, multicast",
        "255.255.255.255, broadcast",
        "240.0.0.1, reserved",
        "198.18.0.1, for benchmarks",
        "192.0.2.1, for documentation",
        "2001:db8::1, for documentation",
        "192.88.99.1, a 6to4 relay",
        "2002:a00:1::1, 6to4",
        "2001::a00:1, Teredo",
        "64:ff9b::a00:1, NAT64",
        "64:ff9b:1::a00:1, NAT64",
        "::ffff:0:a00:1, IPv4-translated",
        "::10.0.0.1, IPv4-compatible",
        "2600::5efe:a00:1, ISATAP",
        "100::1, a discard address",
        "4000::1, not public",
    })
    void isCalledByName(String address, String why) throws InterruptedException {
        // Given
        String url = "https://hooks.example.com:" + four.port() + "/";
        InetAddress forbidden = InetAddress.ofLiteral(address);
        InetAddress open = InetAddress.ofLiteral("8.8.8.8");
        assertEquals("accepted", registration(url));

        // When
        EgressResult alone =
                egress.client(_ -> new InetAddress[] {forbidden}, DEADLINE).post(request(url));
        EgressResult behind = egress.client(_ -> new InetAddress[] {open, forbidden}, DEADLINE)
                .post(request(url));

        // Then
        for (EgressResult result : List.of(alone, behind)) {
            Broken broken = assertInstanceOf(Broken.class, result);
            assertEquals(ErrorClass.ADDRESS, broken.errorClass());
            assertEquals(
                    "the host has the address " + forbidden.getHostAddress() + ", which is " + why, broken.reason());
        }
        assertEquals(0, four.accepted() + six.accepted());
    }

    /** As a resolver may hand it over: sixteen bytes. */
    @Test
    void isCalledByAMappedAddressOfAName() throws Exception {
        // Given
        InetAddress mapped = InetAddress.getByAddress(HexFormat.of().parseHex("00000000000000000000ffff7f000001"));

        // When
        EgressResult result = egress.client(_ -> new InetAddress[] {mapped}, DEADLINE)
                .post(request("https://hooks.example.com:" + four.port() + "/"));

        // Then
        assertEquals(ErrorClass.ADDRESS, assertInstanceOf(Broken.class, result).errorClass());
        assertEquals(0, four.accepted());
    }

    /** Harmless when it is judged, and another a moment later: there is no second look-up that could give the other. */
    @Test
    void isCalledByANameThatChangesBetweenTheCheckAndTheCall() throws InterruptedException {
        // Given: nobody listens on the allowed one
        AtomicInteger lookups = new AtomicInteger();
        Lookup rebinding = _ ->
                new InetAddress[] {InetAddress.ofLiteral(lookups.getAndIncrement() % 2 == 0 ? "127.0.0.2" : "127.0.0.1")
                };
        EgressClient client = egress.client(rebinding, DEADLINE, "127.0.0.2");
        EgressRequest request = request("https://hooks.example.com:" + four.port() + "/");

        // When
        EgressResult first = client.post(request);
        EgressResult second = client.post(request);

        // Then
        assertEquals(ErrorClass.CONNECT, assertInstanceOf(Broken.class, first).errorClass());
        assertEquals(ErrorClass.ADDRESS, assertInstanceOf(Broken.class, second).errorClass());
        assertEquals(2, lookups.get());
        assertEquals(0, four.accepted());
    }

    /** A connection of before belongs to its name: what it was vetted for does not speak for where the name leads now. */
    @Test
    void isCalledByANameThatChangesWhileAConnectionIsKept() throws Exception {
        try (WebhookReceiver receiver = WebhookReceiver.answering(EgressClients.AUTHORITY, 200)) {
            // Given
            AtomicInteger lookups = new AtomicInteger();
            Lookup rebinding = _ ->
                    new InetAddress[] {InetAddress.ofLiteral(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "10.0.0.1")
                    };
            EgressClient client = egress.client(rebinding, DEADLINE, "127.0.0.1");
            EgressRequest request = request("https://localhost:" + receiver.port() + "/hook");
            assertInstanceOf(Answered.class, client.post(request));

            // When
            EgressResult result = client.post(request);

            // Then
            assertEquals(
                    ErrorClass.ADDRESS, assertInstanceOf(Broken.class, result).errorClass());
            assertEquals(1, receiver.received().size());
        }
    }

    /** No answer of the name service is no address either. */
    @Test
    void isCalledByANameThatLeadsNowhere() throws InterruptedException {
        Lookup nowhere = host -> {
            throw new UnknownHostException(host);
        };
        for (Lookup lookup : List.of(nowhere, (Lookup) _ -> new InetAddress[0])) {
            EgressResult result =
                    egress.client(lookup, DEADLINE).post(request("https://localhost:" + four.port() + "/"));
            assertEquals(ErrorClass.DNS, assertInstanceOf(Broken.class, result).errorClass());
        }
        assertEquals(0, four.accepted() + six.accepted());
    }
}
