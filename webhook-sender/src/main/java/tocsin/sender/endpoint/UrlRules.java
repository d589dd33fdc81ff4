package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tocsin.sender.egress.AddressRules;

/**
 * Which URLs may be registered. Names are not looked up: what they lead to can change at any time, so addresses are judged
 * at each attempt. Spellings that different parsers read differently are refused rather than interpreted.
 */
@Singleton
public final class UrlRules {

    /** The URL as it will be used, or why it will not. */
    public sealed interface Verdict {
        record Accepted(URI url) implements Verdict {

            /** Its path or query may be a token of the receiver's. */
            @Override
            public String toString() {
                return "Accepted[redacted]";
            }
        }

        /** @param reason a sentence for the owner */
        record Refused(String reason) implements Verdict {}
    }

    static final int LONGEST = 2048;

    private static final int LONGEST_HOST = 253;
    private static final int HTTPS_PORT = 443;
    private static final int FIRST_USER_PORT = 1024;
    private static final int LAST_PORT = 65_535;

    // Ports above 1023 on which something listens that is no web server: browsers' list of bad ports (WHATWG Fetch) and
    // data stores that infrastructures run within reach.
    private static final Set<Integer> FORBIDDEN_PORTS = Set.of(
            1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5900, 5984,
            6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9092, 9200, 9300, 10080, 10250, 11211,
            27017, 27018, 27019);

    private static final Pattern PRINTABLE_ASCII = Pattern.compile("[\\x21-\\x7E]+");
    private static final Pattern NAME =
            Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern DOTTED_QUAD =
            Pattern.compile("(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})");
    // What a lenient parser takes for a number: decimal, octal or hexadecimal (WHATWG URL, "ends in a number").
    private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*");

    private final AddressRules addresses;

    public UrlRules(AddressRules addresses) {
        this.addresses = addresses;
    }

    public Verdict judge(String text) {
        if (text.length() > LONGEST) {
            return refused("The URL is longer than " + LONGEST + " characters.");
        }
        if (!PRINTABLE_ASCII.matcher(text).matches()) {
            return refused("The URL must consist of printable ASCII characters; write an international host name in its"
                    + " xn-- form and escape the rest with %.");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException _) {
            return refused("The text is not a valid URL.");
        }
        return shape(url)
                .or(() -> port(url.getPort()))
                .or(() -> host(url.getHost().toLowerCase(Locale.ROOT)))
                .<Verdict>map(Verdict.Refused::new)
                .orElseGet(() -> new Verdict.Accepted(url));
    }

    private static Optional<String> shape(URI url) {
        if (!"https".equalsIgnoreCase(url.getScheme())) {
            return Optional.of("The URL must begin with https://.");
        }
        if (url.getRawUserInfo() != null
                || String.valueOf(url.getRawAuthority()).indexOf('@') >= 0) {
            return Optional.of("The URL must not contain credentials.");
        }
        if (url.getRawFragment() != null) {
            return Optional.of("The URL must not have a fragment (#).");
        }
        if (url.getHost() == null) {
            return Optional.of(
                    "The URL needs a valid host name, or an address: four decimal numbers, or IPv6 in brackets.");
        }
        return Optional.empty();
    }

    private static Optional<String> port(int port) {
        if (port == -1 || port == HTTPS_PORT) {
            return Optional.empty();
        }
        if (port < FIRST_USER_PORT || port > LAST_PORT || FORBIDDEN_PORTS.contains(port)) {
            return Optional.of("Port " + port + " is not allowed; use 443 or a port from 1024 on that is not known for"
                    + " another service.");
        }
        return Optional.empty();
    }

    private Optional<String> host(String host) {
        if (host.startsWith("[")) {
            return literal(host.substring(1, host.length() - 1));
        }
        if (host.length() > LONGEST_HOST) {
            return Optional.of("The host name is longer than " + LONGEST_HOST + " characters.");
        }
        if (host.endsWith(".")) {
            return Optional.of("The host name must not end with a dot.");
        }
        if (DOTTED_QUAD.matcher(host).matches()) {
            return literal(host);
        }
        if (NUMBER.matcher(host.substring(host.lastIndexOf('.') + 1)).matches()) {
            return Optional.of("Write an IPv4 address as four decimal numbers without leading zeros.");
        }
        if (!NAME.matcher(host).matches()) {
            return Optional.of("The URL needs a valid host name.");
        }
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return address(InetAddress.ofLiteral("127.0.0.1"));
        }
        if (host.indexOf('.') < 0 && !addresses.allowsPremises()) {
            return Optional.of("The host name must be a full one, such as hooks.example.com.");
        }
        return Optional.empty();
    }

    private Optional<String> literal(String address) {
        if (address.indexOf('%') >= 0) {
            return Optional.of("The address must not have a zone.");
        }
        try {
            return address(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException _) {
            return Optional.of("The address in the URL is not valid.");
        }
    }

    private Optional<String> address(InetAddress address) {
        return addresses
                .refusal(address)
                .map(why ->
                        "The URL leads to an address that is " + why + ", and webhooks go to public addresses only.");
    }

    private static Verdict refused(String reason) {
        return new Verdict.Refused(reason);
    }
}
