package tocsin.testsupport;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who a guarded broker knows: whoever has a certificate of the authority, by its {@code CN}, and at an address of its own whoever has a name and
 * a password (SCRAM-SHA-512) that the operator gave out. Safe for use by many threads.
 */
public final class BrokerGuard {

    /** May do everything: it makes topics and says what the others may. */
    public static final String OPERATOR = "operator";

    private static final String BROKER = "broker";
    private static final String SCRAM = "SCRAM-SHA-512";
    private static final String SCRAM_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule";

    private final LocalAuthority authority;
    private final Path directory;
    private final Path trustStore;
    private final int passwordPort = FreePorts.one();
    private final Map<String, Path> identities = new ConcurrentHashMap<>();

    /** @param directory where keys are kept, in files that only their owner reads */
    public BrokerGuard(LocalAuthority authority, Path directory) {
        this.authority = authority;
        this.directory = directory;
        this.trustStore = authority.writeTrustStore(directory.resolve("kafka-trust.p12"));
    }

    /** Kafka's name of a client that {@link #clientSettings} are given to. */
    public static String principal(String name) {
        return "User:CN=" + name;
    }

    /**
     * By Kafka's own names.
     *
     * @param name letters, digits and dashes
     */
    public Map<String, String> clientSettings(String name) {
        Map<String, String> settings = new HashMap<>(stores(identities.computeIfAbsent(
                name, _ -> authority.writeIdentity(directory.resolve("kafka-" + name + ".p12"), name))));
        settings.put("security.protocol", "SSL");
        return Map.copyOf(settings);
    }

    /** Where the broker asks for name and password. */
    public String passwordAddress() {
        return "127.0.0.1:" + passwordPort;
    }

    int passwordPort() {
        return passwordPort;
    }

    /** Of one who is known by name and password; Kafka's name of him is {@code User:NAME}. Good at {@link #passwordAddress()}. */
    public Map<String, String> passwordSettings(String name, String password) {
        Map<String, String> settings = new HashMap<>(trust());
        settings.put("security.protocol", "SASL_SSL");
        settings.put("sasl.mechanism", SCRAM);
        settings.put(
                "sasl.jaas.config",
                SCRAM_MODULE + " required username=\"" + name + "\" password=\"" + password + "\";");
        return Map.copyOf(settings);
    }

    /** Of one who trusts the broker, and cannot say who he is himself. */
    public Map<String, String> strangerSettings() {
        Map<String, String> settings = new HashMap<>(trust());
        settings.put("security.protocol", "SSL");
        return Map.copyOf(settings);
    }

    Map<String, String> brokerSettings() {
        Map<String, String> settings = new HashMap<>(stores(
                authority.writeIdentity(directory.resolve("kafka-broker.p12"), BROKER, "127.0.0.1", "localhost")));
        settings.put("ssl.client.auth", "required");
        settings.put("sasl.enabled.mechanisms", SCRAM);
        settings.put("listener.name.passwords.ssl.client.auth", "none");
        settings.put("listener.name.passwords.scram-sha-512.sasl.jaas.config", SCRAM_MODULE + " required;");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "false");
        settings.put("super.users", principal(BROKER) + ";" + principal(OPERATOR));
        return settings;
    }

    private Map<String, String> stores(Path identity) {
        Map<String, String> settings = new HashMap<>(trust());
        settings.put("ssl.keystore.location", identity.toString());
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.password", LocalAuthority.STORE_PASSWORD);
        settings.put("ssl.key.password", LocalAuthority.STORE_PASSWORD);
        return settings;
    }

    private Map<String, String> trust() {
        return Map.of(
                "ssl.truststore.location",
                trustStore.toString(),
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.password",
                LocalAuthority.STORE_PASSWORD);
    }
}
