package tocsin.sender.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.egress.AddressRules;
import tocsin.sender.endpoint.UrlRules.Verdict;
import tocsin.testsupport.FreePorts;

class UrlRulesTest {

    private static final UrlRules PUBLIC = new UrlRules(AddressRules.allowing(List.of()));
    private static final UrlRules PREMISES =
            new UrlRules(AddressRules.allowing(List.of("127.0.0.0/8", "10.1.0.0/16", "fd00::/8")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "https://example.com/",
                "HTTPS://Example.COM/hook?a=b%20c&d=%2F",
                "https://hooks.example.com:443/x",
                "https://hooks.example.com:8443/x",
                "https://hooks.example.com:1024/",
                "https://xn--bcher-kva.example.com/",
                "https://8.8.8.8/hook",
                "https://[2001:4860:4860::8888]/hook",
                "https://example.com//double/slash",
            })
    void acceptsAndKeepsAsItIs(String url) {
        assertEquals(new Verdict.Accepted(URI.create(url)), PUBLIC.judge(url));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://example.com/ | begin with https",
                "ftp://example.com/ | begin with https",
                "example.com/hook | begin with https",
                "//example.com/hook | begin with https",
                "https:example.com | host name",
                "https:///hook | host name",
                "https://user:pass@example.com/ | credentials",
                "https://user@example.com/ | credentials",
                "https://@example.com/ | credentials",
                "https://example.com@127.0.0.1/ | credentials",
                "https://example.com/#part | fragment",
                "https://example.com:22/ | Port 22",
                "https://example.com:80/ | Port 80",
                "https://example.com:0/ | Port 0",
                "https://example.com:1023/ | Port 1023",
                "https://example.com:6379/ | Port 6379",
                "https://example.com:65536/ | Port 65536",
                "https://example.com./hook | end with a dot",
                "https://localhost/ | loopback",
                "https://LOCALHOST/ | loopback",
                "https://app.localhost/ | loopback",
                "https://intranet/ | full one",
                "https://127.0.0.1/ | loopback",
                "https://10.1.2.3/ | private",
                "https://100.64.0.1/ | CGNAT",
                "https://169.254.169.254/latest/ | metadata",
                "https://0.0.0.0/ | unspecified",
                "https://2130706433/ | four decimal numbers",
                "https://0x7f000001/ | four decimal numbers",
                "https://017700000001/ | four decimal numbers",
                "https://127.1/ | host name",
                "https://0177.0.0.1/ | four decimal numbers",
                "https://0x7f.0.0.1/ | host name",
                "https://127.0.0.0x1/ | host name",
                "https://127.0.0.1./ | host name",
                "https://1.2.3.999/ | host name",
                "https://example.123/ | host name",
                "https://[::1]/ | loopback",
                "https://[::]/ | unspecified",
                "https://[::ffff:127.0.0.1]/ | loopback",
                "https://[::ffff:7f00:1]/ | loopback",
                "https://[::127.0.0.1]/ | IPv4-compatible",
                "https://[fe80::1]/ | link-local",
                "https://[fe80::1%25eth0]/ | zone",
                "https://[fc00::1]/ | private",
                "https://[64:ff9b::7f00:1]/ | NAT64",
                "https://[2002:7f00:1::1]/ | 6to4",
                "https://exa mple.com/ | printable ASCII",
                "https://b\u00fccher.example.com/ | printable ASCII",
                "https://\uff11\uff12\uff17.0.0.1/ | printable ASCII",
                "https://exam_ple.com/ | host name",
                "https://-example.com/ | host name",
                "https://example..com/ | host name",
                "https://example.com\\@127.0.0.1/ | not a valid URL",
                "https://example.com/<> | not a valid URL",
            })
    void refusesAndSaysWhy(String url, String why) {
        // When
        Verdict verdict = PUBLIC.judge(url);

        // Then
        String reason = assertInstanceOf(Verdict.Refused.class, verdict).reason();
        assertTrue(reason.contains(why), reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/\nhost", "https://example.com/\u0000", "https://example.com/\u007f"})
    void refusesControlCharacters(String url) {
        assertInstanceOf(Verdict.Refused.class, PUBLIC.judge(url));
    }

    @Test
    void refusesWhatIsTooLong() {
        // Given
        String longest = "https://example.com/" + "a".repeat(UrlRules.LONGEST - "https://example.com/".length());

        // Then
        assertInstanceOf(Verdict.Accepted.class, PUBLIC.judge(longest));
        assertInstanceOf(Verdict.Refused.class, PUBLIC.judge(longest + "a"));
    }

    @Test
    void refusesAHostNameThatIsTooLong() {
        assertInstanceOf(Verdict.Refused.class, PUBLIC.judge("https://" + "a.".repeat(130) + "com/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1:8443/hook",
                "https://localhost:8443/hook",
                "https://10.1.9.9/hook",
                "https://[fd00::1]/hook",
                "https://receiver:8443/hook",
            })
    void acceptsReceiversOnThePremisesThatTheOperatorAllows(String url) {
        assertInstanceOf(Verdict.Accepted.class, PREMISES.judge(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://10.2.0.1/", "https://[::1]/", "https://169.254.169.254/", "http://10.1.0.1/"})
    void refusesTheRestOfThePremises(String url) {
        assertInstanceOf(Verdict.Refused.class, PREMISES.judge(url));
    }

    @Test
    void refusesNoPortThatALocalReceiverIsGiven() {
        // When
        List<Integer> refused = IntStream.rangeClosed(1, 65_535)
                .filter(FreePorts::mayGive)
                .filter(port -> PUBLIC.judge("https://example.com:" + port + "/") instanceof Verdict.Refused)
                .boxed()
                .toList();

        // Then
        assertEquals(List.of(), refused);
    }
}
