package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The network lets each service out to what its settings name, and the sender nowhere that its own rules refuse. */
class NetworkPolicyTest {

    private static final String RULES =
            Sources.text("webhook-sender/src/main/java/tocsin/sender/egress/AddressRules.java");
    private static final Pattern REFUSED = Pattern.compile("\\brefused\\(\"([^\"]+)\"");
    private static final Pattern OPEN_OF_IPV6 = Pattern.compile("GLOBAL_IPV6 = AddressBlock\\.parse\\(\"([^\"]+)\"");
    private static final Pattern DATABASE = Pattern.compile("jdbc:postgresql://([^/]+)/.*");

    /** What these name need not be public, so the sender's way to whatever is public does not count: it has no ports. */
    private static final Set<String> OF_OUR_OWN = Set.of("KAFKA_BOOTSTRAP_SERVERS", "DATASOURCES_DEFAULT_URL");

    /** Where a service connects to. */
    record Server(String host, int port) {}

    @ParameterizedTest
    @CsvSource({"0.0.0.0/0", "2000::/3"})
    void theSenderMayNotBeSentWhereItsOwnRulesRefuse(String open) {
        // Given
        AddressRange whole = AddressRange.parse(open);
        List<AddressRange> refused = REFUSED.matcher(RULES)
                .results()
                .map(match -> AddressRange.parse(match.group(1)))
                .filter(whole::meets)
                .toList();
        assertTrue(!refused.isEmpty());

        // When
        List<AddressRange> closed = egress("minimal", "webhook-sender")
                .flatMap(rule -> rule.path("to").valueStream())
                .map(peer -> peer.path("ipBlock"))
                .filter(block -> block.path("cidr").asText().equals(open))
                .flatMap(block -> block.path("except").valueStream())
                .map(block -> AddressRange.parse(block.asText()))
                .toList();

        // Then
        assertEquals(
                List.of(),
                refused.stream()
                        .filter(range -> closed.stream().noneMatch(block -> block.contains(range)))
                        .toList());
        assertEquals(
                List.of(),
                closed.stream()
                        .filter(range -> refused.stream().noneMatch(block -> block.contains(range)))
                        .toList());
        assertTrue(closed.stream().allMatch(whole::contains));
    }

    /** What is not in it is refused by the rules' last line. */
    @Test
    void ofIpv6TheSameBlockIsOpen() {
        // Given
        String open = OPEN_OF_IPV6
                .matcher(RULES)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow();

        // When
        List<String> blocks = egress("minimal", "webhook-sender")
                .flatMap(rule -> rule.path("to").valueStream())
                .map(peer -> peer.at("/ipBlock/cidr").asText())
                .filter(cidr -> cidr.contains(":"))
                .toList();

        // Then
        assertEquals(List.of(open), blocks);
    }

    @ParameterizedTest
    @MethodSource("closed")
    void noRuleLetsTheSenderEverywhere(String example) {
        // When
        List<JsonNode> unbound = egress(example, "webhook-sender")
                .filter(rule -> rule.path("to").isEmpty())
                .toList();

        // Then: but for names, which are asked of whatever the node says
        assertEquals(1, unbound.size(), unbound::toString);
        assertEquals(
                List.of(53, 53),
                unbound.getFirst()
                        .path("ports")
                        .valueStream()
                        .map(port -> port.path("port").asInt())
                        .toList());
        assertTrue(egress(example, "webhook-sender")
                .flatMap(rule -> rule.path("to").valueStream())
                .filter(peer -> List.of("0.0.0.0/0", "::/0", "2000::/3")
                        .contains(peer.at("/ipBlock/cidr").asText()))
                .noneMatch(peer -> peer.at("/ipBlock/except").isEmpty()));
    }

    @ParameterizedTest
    @MethodSource("closed")
    void everyServiceIsLetOutToWhatItsSettingsName(String example) {
        for (JsonNode workload : Chart.workloads(Chart.render(example))) {
            // Given
            String service = Chart.container(workload).path("name").asText();
            Map<String, List<Server>> servers = servers(Chart.environment(workload));
            assertTrue(servers.containsKey("KAFKA_BOOTSTRAP_SERVERS"));

            servers.forEach((setting, named) -> named.forEach(server -> {
                // When
                Optional<JsonNode> way = egress(example, service)
                        .filter(rule -> !OF_OUR_OWN.contains(setting) || rule.has("ports"))
                        .filter(rule -> leads(rule, server))
                        .findFirst();

                // Then
                assertTrue(way.isPresent(), () -> service + " may not reach " + setting + ", " + server);
            }));
        }
    }

    private static boolean leads(JsonNode rule, Server server) {
        boolean port = rule.path("ports").isEmpty()
                || rule.path("ports")
                        .valueStream()
                        .anyMatch(it -> it.path("port").asInt() == server.port());
        return port
                && (rule.path("to").isEmpty() || rule.path("to").valueStream().anyMatch(peer -> holds(peer, server)));
    }

    /** A name with the namespace in it says where it is; one without a dot is of our own; what another name stands for only a resolver knows. */
    private static boolean holds(JsonNode peer, Server server) {
        String[] name = server.host().split("[.]", -1);
        if (name.length > 2 && name[2].equals("svc")) {
            return peer.at("/namespaceSelector/matchLabels/kubernetes.io~1metadata.name")
                    .asText()
                    .equals(name[1]);
        }
        return name.length == 1 ? peer.has("podSelector") && !peer.has("namespaceSelector") : peer.has("ipBlock");
    }

    private static Map<String, List<Server>> servers(Map<String, String> environment) {
        var servers = new TreeMap<String, List<Server>>();
        environment.forEach((name, value) -> {
            var database = DATABASE.matcher(value);
            if (name.equals("KAFKA_BOOTSTRAP_SERVERS") || name.equals("TOCSIN_EGRESS_PROXY_ADDRESS")) {
                servers.put(name, listed(value));
            } else if (name.equals("TOCSIN_SMTP_HOST")) {
                servers.put(name, listed(value + ":" + environment.get("TOCSIN_SMTP_PORT")));
            } else if (database.matches()) {
                servers.put(name, listed(database.group(1)));
            } else if (value.matches("https?://.*")
                    && !name.equals("TOCSIN_SECURITY_ISSUER")
                    && !name.equals("TOCSIN_CONFIRMATION_BASE_URL")
                    && !name.equals("TOCSIN_LINKS_TRACKER_URL")) {
                // Those three are written into what others read.
                URI uri = URI.create(value);
                int usual = uri.getScheme().equals("https") ? 443 : 80;
                servers.put(name, List.of(new Server(uri.getHost(), uri.getPort() < 0 ? usual : uri.getPort())));
            }
        });
        return servers;
    }

    private static List<Server> listed(String servers) {
        var read = new ArrayList<Server>();
        for (String each : servers.split(",", -1)) {
            int colon = each.lastIndexOf(':');
            read.add(new Server(each.substring(0, colon), Integer.parseInt(each.substring(colon + 1))));
        }
        return read;
    }

    private static Stream<JsonNode> egress(String example, String service) {
        return Chart.object(Chart.render(example), "NetworkPolicy", "alarm-" + service)
                .at("/spec/egress")
                .valueStream();
    }

    static List<String> closed() {
        return ChartTest.examples().stream()
                .filter(example ->
                        !Chart.objects(Chart.render(example), "NetworkPolicy").isEmpty())
                .toList();
    }
}
