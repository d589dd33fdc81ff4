package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy of the operator's, and how it is asked for a tunnel: to an address, never to a name, so that what was vetted is what it connects to.
 *
 * @param authorization value of the header that it wants, if it does
 */
record ForwardProxy(String host, int port, Optional<String> authorization) {

    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s:/@\\[\\]]+):(\\d{1,5})");

    private static final int LAST_PORT = 65_535;

    /** @throws IllegalArgumentException if the address is none; the message repeats nothing of it, for it may have a password in it */
    static Optional<ForwardProxy> of(ProxyConfig config) {
        if (config.address() == null || config.address().isBlank()) {
            return Optional.empty();
        }
        Matcher parts = ADDRESS.matcher(config.address().strip());
        if (!parts.matches() || !isPort(Integer.parseInt(parts.group(2)))) {
            throw new IllegalArgumentException(
                    "tocsin.egress.proxy.address is host:port, without a scheme, a user or a path");
        }
        if (config.username().contains(":")) {
            throw new IllegalArgumentException("tocsin.egress.proxy.username has a colon");
        }
        return Optional.of(new ForwardProxy(parts.group(1), Integer.parseInt(parts.group(2)), authorization(config)));
    }

    private static boolean isPort(int port) {
        return port > 0 && port <= LAST_PORT;
    }

    private static Optional<String> authorization(ProxyConfig config) {
        byte[] credentials = (config.username() + ":" + config.password()).getBytes(UTF_8);
        return config.username().isEmpty()
                ? Optional.empty()
                : Optional.of("Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    /** What asks for a tunnel to there. */
    byte[] request(InetAddress address, int port) {
        String target =
                (address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress())
                        + ":" + port;
        String credentials =
                authorization.map(it -> "Proxy-Authorization: " + it + "\r\n").orElse("");
        return ("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\nUser-Agent: Tocsin\r\n" + credentials
                        + "\r\n")
                .getBytes(ISO_8859_1);
    }

    /** Without what it is to be told and nobody else. */
    @Override
    public String toString() {
        return "ForwardProxy[" + host + ":" + port + "]";
    }
}
