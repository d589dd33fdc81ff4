package tocsin.sender.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {

    private static final AddressRules RULES = AddressRules.allowing(List.of());

    // First and last of each block, from IANA's special-purpose address registries.
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, unspecified",
        "0.255.255.255, unspecified",
        "10.0.0.0, private",
        "10.255.255.255, private",
        "100.64.0.0, shared by carriers (CGNAT)",
        "100.127.255.255, shared by carriers (CGNAT)",
        "100.100.100.200, a cloud metadata address",
        "127.0.0.1, loopback",
        "127.255.255.255, loopback",
        "168.63.129.16, a cloud metadata address",
        "169.254.0.1, link-local",
        "169.254.169.254, a cloud metadata address",
        "169.254.170.2, a cloud metadata address",
        "169.254.255.255, link-local",
        "172.16.0.0, private",
        "172.31.255.255, private",
        "192.0.0.1, reserved for protocols",
        "192.0.0.192, a cloud metadata address",
        "192.0.2.1, for documentation",
        "192.88.99.1, a 6to4 relay",
        "192.168.0.0, private",
        "192.168.255.255, private",
        "198.18.0.0, for benchmarks",
        "198.19.255.255, for benchmarks",
        "198.51.100.7, for documentation",
        "203.0.113.7, for documentation",
        "224.0.0.1, multicast",
        "239.255.255.255, multicast",
        "240.0.0.1, reserved",
        "255.255.255.255, broadcast",
        "::, unspecified",
        "::1, loopback",
        "::2, IPv4-compatible",
        "::127.0.0.1, IPv4-compatible",
        "::8.8.8.8, IPv4-compatible",
        "::ffff:0:7f00:1, IPv4-translated",
        "64:ff9b::7f00:1, NAT64",
        "64:ff9b::808:808, NAT64",
        "64:ff9b:1::a00:1, NAT64",
        "64:ff9b:1:ffff::1, NAT64",
        "100::1, a discard address",
        "2001::1, Teredo",
        "2001:0:ffff::1, Teredo",
        "2001:2::1, for benchmarks",
        "2001:20::1, reserved for protocols",
        "2001:1ff::1, reserved for protocols",
        "2001:db8::1, for documentation",
        "2001:db8:ffff:ffff::1, for documentation",
        "2002:7f00:1::1, 6to4",
        "2002:808:808::1, 6to4",
        "3fff::1, for documentation",
        "3fff:fff::1, for documentation",
        "4000::1, not public",
        "5f00::1, not public",
        "fc00::1, private (unique local)",
        "fd00:ec2::254, a cloud metadata address",
        "fd12:3456::1, private (unique local)",
        "fe80::1, link-local",
        "febf:ffff::1, link-local",
        "fec0::1, private (site-local)",
        "feff::1, private (site-local)",
        "ff02::1, multicast",
    })
    void refuses(String address, String why) {
        assertEquals(Optional.of(why), RULES.refusal(InetAddress.ofLiteral(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2600::1",
                "2003::1",
                "3ffe:ffff::1",
                "2a00::1",
            })
    void letsPublicAddressesThrough(String address) {
        assertEquals(Optional.empty(), RULES.refusal(InetAddress.ofLiteral(address)));
    }

    @ParameterizedTest
    @CsvSource({
        // ::ffff:127.0.0.1, ::ffff:10.0.0.1, ::ffff:169.254.169.254 as sixteen bytes
        "00000000000000000000ffff7f000001, loopback",
        "00000000000000000000ffff0a000001, private",
        "00000000000000000000ffffa9fea9fe, a cloud metadata address",
    })
    void judgesAnIpv4MappedAddressAsTheIpv4AddressThatItIs(String bytes, String why) throws UnknownHostException {
        // Given
        InetAddress mapped = InetAddress.getByAddress(HexFormat.of().parseHex(bytes));

        // Then
        assertEquals(Optional.of(why), RULES.refusal(mapped));
    }

    @Test
    void ignoresAZone() throws UnknownHostException {
        // Given
        InetAddress zoned = Inet6Address.getByAddress(
                "router", InetAddress.ofLiteral("fe80::1").getAddress(), 7);

        // Then
        assertEquals(Optional.of("link-local"), RULES.refusal(zoned));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "127.0.0.0/8, 127.9.9.9, true",
        "10.1.0.0/16, 10.1.255.1, true",
        "10.1.0.0/16, 10.2.0.1, false",
        "10.0.0.0/9, 10.127.0.1, true",
        "10.0.0.0/9, 10.128.0.1, false",
        "fd00::/8, fd12::1, true",
        "fd00::/8, fc12::1, false",
        "::1, ::1, true",
        "127.0.0.0/8, ::1, false",
        "127.0.0.0/8, 2002:7f00:1::1, false",
    })
    void reachesWhatTheOperatorAllows(String allowed, String address, boolean reached) {
        // Given
        AddressRules rules = AddressRules.allowing(List.of(allowed));

        // Then
        assertEquals(reached, rules.refusal(InetAddress.ofLiteral(address)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0/8",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "::1/129",
                "2130706433",
                "",
            })
    void refusesAnAllowListThatCannotBeUnderstood(String block) {
        // When
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> AddressRules.allowing(List.of(block)));

        // Then
        assertTrue(refusal.getMessage() != null && !refusal.getMessage().isBlank());
    }
}
