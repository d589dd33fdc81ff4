package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.testsupport.LocalAuthority;

/** Clients that trust the authority of the test's receivers, and what they are asked. */
final class EgressClients implements AutoCloseable {

    static final Duration DEADLINE = Duration.ofSeconds(1);
    static final int CONNECTIONS = 2;

    static final LocalAuthority AUTHORITY = LocalAuthority.create();

    private static final Path TRUST_STORE = trustStore();

    private final List<EgressClient> clients = new ArrayList<>();

    private static Path trustStore() {
        try {
            Path file = Files.createTempFile("egress", ".p12");
            file.toFile().deleteOnExit();
            return AUTHORITY.writeTrustStore(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that may reach this machine. */
    EgressClient client() {
        return client(InetAddress::getAllByName, DEADLINE, "127.0.0.0/8", "::1");
    }

    EgressClient client(Lookup lookup, Duration deadline, String... allowed) {
        return client(lookup, deadline, 16, CONNECTIONS, allowed);
    }

    EgressClient client(Lookup lookup, Duration deadline, int lookups, int connections, String... allowed) {
        EgressConfig config = new EgressConfig(
                List.of(allowed), TRUST_STORE, LocalAuthority.STORE_PASSWORD, deadline, lookups, connections);
        EgressClient client = new EgressClient(config, AddressRules.allowing(config.allow()), Optional.empty(), lookup);
        clients.add(client);
        return client;
    }

    static EgressRequest request(String url) {
        return request(url, "one");
    }

    static EgressRequest request(String url, String owner) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", "application/json");
        headers.put("webhook-id", "msg_1");
        return new EgressRequest(URI.create(url), owner, headers, "{\"a\":\"é\"}".getBytes(UTF_8));
    }

    static String hook(int port) {
        return "https://127.0.0.1:" + port + "/hook";
    }

    static Broken broken(EgressResult result) {
        return assertInstanceOf(Broken.class, result);
    }

    @Override
    public void close() throws IOException {
        for (EgressClient client : clients) {
            client.close();
        }
    }
}
