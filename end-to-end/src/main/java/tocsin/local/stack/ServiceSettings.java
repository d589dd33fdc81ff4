package tocsin.local.stack;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import tocsin.testsupport.LocalAuthority;

/** The configuration of each service in a local stack, as environment variables. */
final class ServiceSettings {

    static final String TRACKER = "download-tracker";
    static final String MATCHER = "advisory-matcher";
    static final String DISPATCHER = "notification-dispatcher";
    static final String SENDER = "webhook-sender";

    private final Surroundings around;
    private final Path directory;
    private final Path trustStore;
    private final Path keyset;
    private final String confirmationKey;

    /** What the services are told of the servers beside them. */
    record Surroundings(
            String bootstrapServers,
            String jdbcUrl,
            String databaseUser,
            String databasePassword,
            String mailHost,
            int mailPort,
            String issuer,
            String audience,
            String jwksUrl,
            int dispatcherPort) {

        @Override
        public String toString() {
            return "Surroundings[" + bootstrapServers + ", " + jdbcUrl + "]";
        }
    }

    ServiceSettings(Surroundings around, Path directory, Path trustStore, Path keyset, String confirmationKey) {
        this.around = around;
        this.directory = directory;
        this.trustStore = trustStore;
        this.keyset = keyset;
        this.confirmationKey = confirmationKey;
    }

    /** @param instance 1 for the one that is always there; those beside it come and go */
    Map<String, String> of(String service, int instance) {
        Map<String, String> settings = new HashMap<>(common());
        switch (service) {
            case TRACKER -> settings.putAll(history());
            case MATCHER -> {
                String state = instance == 1 ? "matcher" : "matcher-" + instance;
                settings.put(
                        "TOCSIN_MATCHER_STATE_DIR", directory.resolve(state).toString());
                settings.put("TOCSIN_MATCHER_THREADS", "1");
            }
            case DISPATCHER -> {
                settings.putAll(database());
                settings.putAll(dispatcher());
            }
            case SENDER -> {
                settings.putAll(database());
                settings.putAll(sender());
            }
            default -> throw new IllegalArgumentException("there is no service " + service);
        }
        return Map.copyOf(settings);
    }

    private Map<String, String> common() {
        return Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", around.bootstrapServers(),
                "TOCSIN_SECURITY_ISSUER", around.issuer(),
                "TOCSIN_SECURITY_AUDIENCE", around.audience(),
                "TOCSIN_SECURITY_JWKS_URL", around.jwksUrl());
    }

    private Map<String, String> database() {
        return Map.of(
                "DATASOURCES_DEFAULT_URL", around.jdbcUrl(),
                "DATASOURCES_DEFAULT_USERNAME", around.databaseUser(),
                "DATASOURCES_DEFAULT_PASSWORD", around.databasePassword());
    }

    private Map<String, String> history() {
        return Map.of(
                "TOCSIN_HISTORY_URL", around.jdbcUrl(),
                "TOCSIN_HISTORY_USERNAME", around.databaseUser(),
                "TOCSIN_HISTORY_PASSWORD", around.databasePassword());
    }

    private Map<String, String> dispatcher() {
        return Map.of(
                "TOCSIN_SMTP_HOST",
                around.mailHost(),
                "TOCSIN_SMTP_PORT",
                String.valueOf(around.mailPort()),
                "TOCSIN_SMTP_FROM",
                "tocsin@example.com",
                // The mail catcher is on this machine and speaks no TLS.
                "TOCSIN_SMTP_TLS",
                "NONE",
                // Who tries it out sees each incident's mail at once, and no digest a quarter of an hour later.
                "TOCSIN_CAMPAIGN_WINDOW",
                "PT0S",
                "TOCSIN_CONFIRMATION_KEY",
                confirmationKey,
                "TOCSIN_CONFIRMATION_BASE_URL",
                "http://127.0.0.1:" + around.dispatcherPort());
    }

    private Map<String, String> sender() {
        return Map.of(
                // The sample receiver is on this machine; every other address that is not public stays forbidden.
                "TOCSIN_EGRESS_ALLOW",
                "127.0.0.1/32",
                "TOCSIN_EGRESS_TRUST_STORE",
                trustStore.toString(),
                "TOCSIN_EGRESS_TRUST_STORE_PASSWORD",
                LocalAuthority.STORE_PASSWORD,
                "TOCSIN_SECRETS_KEYSET_FILE",
                keyset.toString());
    }
}
