package tocsin.sender.egress;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which addresses may be connected to: public unicast, and what the operator allows by name. IPv6 is judged by what is
 * allocated (2000::/3) rather than by what is known to be bad, so a block with a new special use is refused until somebody
 * decides otherwise. Blocks that carry an IPv4 address inside are refused as a whole: what they lead to depends on a
 * gateway that we do not know.
 *
 * <p>Source: IANA's special-purpose address registries for IPv4 and IPv6, and the clouds' metadata addresses.
 */
public final class AddressRules {

    private record Refused(AddressBlock block, String why) {}

    // The first that contains an address gives the reason, so the narrow stand before the wide.
    private static final List<Refused> REFUSED = Stream.of(
                    refused("169.254.169.254", "a cloud metadata address"),
                    refused("169.254.170.2", "a cloud metadata address"),
                    refused("100.100.100.200", "a cloud metadata address"),
                    refused("168.63.129.16", "a cloud metadata address"),
                    refused("192.0.0.192", "a cloud metadata address"),
                    refused("fd00:ec2::254", "a cloud metadata address"),
                    refused("fd20:ce::254", "a cloud metadata address"),
                    refused("0.0.0.0/8", "unspecified"),
                    refused("10.0.0.0/8", "private"),
                    refused("100.64.0.0/10", "shared by carriers (CGNAT)"),
                    refused("127.0.0.0/8", "loopback"),
                    refused("169.254.0.0/16", "link-local"),
                    refused("172.16.0.0/12", "private"),
                    refused("192.0.0.0/24", "reserved for protocols"),
                    refused("192.0.2.0/24", "for documentation"),
                    refused("192.88.99.0/24", "a 6to4 relay"),
                    refused("192.168.0.0/16", "private"),
                    refused("198.18.0.0/15", "for benchmarks"),
                    refused("198.51.100.0/24", "for documentation"),
                    refused("203.0.113.0/24", "for documentation"),
                    refused("224.0.0.0/4", "multicast"),
                    refused("255.255.255.255", "broadcast"),
                    refused("240.0.0.0/4", "reserved"),
                    refused("::", "unspecified"),
                    refused("::1", "loopback"),
                    refused("::/96", "IPv4-compatible"),
                    refused("::ffff:0:0:0/96", "IPv4-translated"),
                    refused("64:ff9b::/96", "NAT64"),
                    refused("64:ff9b:1::/48", "NAT64"),
                    refused("100::/64", "a discard address"),
                    refused("fc00::/7", "private (unique local)"),
                    refused("fe80::/10", "link-local"),
                    refused("fec0::/10", "private (site-local)"),
                    refused("ff00::/8", "multicast"),
                    refused("2001::/32", "Teredo"),
                    refused("2001:2::/48", "for benchmarks"),
                    refused("2001:db8::/32", "for documentation"),
                    refused("2001::/23", "reserved for protocols"),
                    refused("2002::/16", "6to4"),
                    refused("3fff::/20", "for documentation"))
            .toList();

    private static final AddressBlock GLOBAL_IPV6 = AddressBlock.parse("2000::/3");

    private final List<AddressBlock> allowed;

    private AddressRules(List<AddressBlock> allowed) {
        this.allowed = allowed;
    }

    /**
     * @param allowed blocks in CIDR form or single addresses that may be reached although a rule refuses them: receivers
     *     on the premises
     * @throws IllegalArgumentException if one of them is neither
     */
    public static AddressRules allowing(List<String> allowed) {
        return new AddressRules(allowed.stream().map(AddressBlock::parse).toList());
    }

    /** Why this address must not be connected to, as what it is ("private", "loopback"); empty if it may. */
    public Optional<String> refusal(InetAddress address) {
        // An IPv4-mapped address (::ffff:0:0/96) needs no rule: Java makes an IPv4 address of it.
        if (allowed.stream().anyMatch(block -> block.contains(address))) {
            return Optional.empty();
        }
        Optional<String> special = REFUSED.stream()
                .filter(it -> it.block().contains(address))
                .map(Refused::why)
                .findFirst();
        if (special.isPresent()) {
            return special;
        }
        if (isIsatap(address.getAddress())) {
            return Optional.of("ISATAP");
        }
        boolean ipv4 = address.getAddress().length == 4;
        return ipv4 || GLOBAL_IPV6.contains(address) ? Optional.empty() : Optional.of("not public");
    }

    /** An interface id that carries an IPv4 address (RFC 5214), below any prefix: 0000:5efe or 0200:5efe stands before it. */
    private static boolean isIsatap(byte[] address) {
        return address.length == 16
                && (address[8] & ~0x02) == 0
                && address[9] == 0
                && address[10] == 0x5E
                && address[11] == (byte) 0xFE;
    }

    /** Whether the operator has receivers on the premises, which may go by names without a dot. */
    public boolean allowsPremises() {
        return !allowed.isEmpty();
    }

    private static Refused refused(String block, String why) {
        return new Refused(AddressBlock.parse(block), why);
    }
}
