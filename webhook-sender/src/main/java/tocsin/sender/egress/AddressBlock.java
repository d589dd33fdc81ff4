package tocsin.sender.egress;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A block of addresses, such as {@code 10.0.0.0/8} or {@code fd00::/8}; a single address is a block of one.
 *
 * @param length leading bits that members share with {@code base}
 */
record AddressBlock(InetAddress base, int length) {

    private static final Pattern DOTTED_QUAD = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    AddressBlock {
        if (length < 0 || length > base.getAddress().length * 8) {
            throw new IllegalArgumentException("no prefix length of " + base.getHostAddress() + ": " + length);
        }
    }

    /** @throws IllegalArgumentException if the text is no address and no block in CIDR form; names are not looked up */
    static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (address.indexOf(':') < 0 && !DOTTED_QUAD.matcher(address).matches()) {
            throw new IllegalArgumentException("not an address block like 10.0.0.0/8 or fd00::/8: " + text);
        }
        InetAddress base = InetAddress.ofLiteral(address);
        if (slash < 0) {
            return new AddressBlock(base, base.getAddress().length * 8);
        }
        try {
            return new AddressBlock(base, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an address block like 10.0.0.0/8 or fd00::/8: " + text, e);
        }
    }

    boolean contains(InetAddress address) {
        byte[] ours = base.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        int whole = length / 8;
        if (!Arrays.equals(ours, 0, whole, theirs, 0, whole)) {
            return false;
        }
        int rest = length % 8;
        return rest == 0 || ((ours[whole] ^ theirs[whole]) & 0xFF) >> (8 - rest) == 0;
    }
}
