package tocsin.deploy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A block of addresses, IPv4's or IPv6's. */
record AddressRange(int family, BigInteger first, BigInteger last) {

    /** @param text {@code address/bits}, or one address */
    static AddressRange parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            byte[] address = InetAddress.getByName(parts[0]).getAddress();
            int family = address.length * Byte.SIZE;
            int free = family - (parts.length == 1 ? family : Integer.parseInt(parts[1]));
            BigInteger first = new BigInteger(1, address).shiftRight(free).shiftLeft(free);
            return new AddressRange(
                    family, first, first.add(BigInteger.ONE.shiftLeft(free)).subtract(BigInteger.ONE));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    boolean contains(AddressRange other) {
        return family == other.family && first.compareTo(other.first) <= 0 && last.compareTo(other.last) >= 0;
    }

    boolean meets(AddressRange other) {
        return family == other.family && first.compareTo(other.last) <= 0 && last.compareTo(other.first) >= 0;
    }
}
