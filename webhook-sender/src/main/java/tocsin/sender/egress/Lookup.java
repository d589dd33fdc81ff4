package tocsin.sender.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks the name service; may block for as long as that takes. */
@FunctionalInterface
interface Lookup {

    /** @param host a name or a literal address without brackets. @return at least one */
    InetAddress[] addressesOf(String host) throws UnknownHostException;
}
