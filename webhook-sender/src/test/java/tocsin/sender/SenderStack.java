package tocsin.sender;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.TenantIsolation;
import tocsin.testsupport.TokenIssuer;
import tocsin.testsupport.WebhookReceiver;

/**
 * The service as it starts, with a broker, a database and an authority of its own: started and ended, asked by HTTP, and looked into.
 */
abstract class SenderStack {

    private final KafkaBroker broker = KafkaBroker.start();
    private final PostgresServer postgres = PostgresServer.start();
    private final TokenIssuer issuer = TokenIssuer.start();
    private final LocalAuthority authority = LocalAuthority.create();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Object> settings;

    @SuppressWarnings("NullAway.Init")
    private EmbeddedServer server;

    /** With its topics, and before the first {@link #start()}. */
    SenderStack() {
        for (Topic topic : List.of(
                Topics.ORG_ENTITLEMENTS,
                Topics.WEBHOOK_ENDPOINT,
                Topics.WEBHOOK_REQUESTED,
                Topics.WEBHOOK_RETRY_1S,
                Topics.WEBHOOK_RETRY_10S,
                Topics.WEBHOOK_RETRY_60S,
                Topics.WEBHOOK_DEAD,
                Topics.DELIVERY_SETTLED,
                Topics.PLATFORM_EVENT,
                Topics.PRIVACY_ERASURE,
                Topics.quarantineOf("webhook-sender"))) {
            broker.createTopic(topic.name(), Math.min(2, topic.devPartitions()), topic.config());
        }
        settings = settings();
    }

    private Map<String, Object> settings() {
        Map<String, Object> all = new HashMap<>(databaseAndBroker());
        all.put("tocsin.security.issuer", issuer.issuer());
        all.put("tocsin.security.audience", issuer.audience());
        all.put("tocsin.security.jwks-url", issuer.jwksUrl());
        all.put("tocsin.secrets.keyset", Keysets.fresh());
        all.put("tocsin.egress.allow", "127.0.0.1");
        all.put("tocsin.egress.trust-store", trustStore().toString());
        all.put("tocsin.egress.trust-store-password", LocalAuthority.STORE_PASSWORD);
        // A receiver that holds an attempt is let go by its test, also where that takes a while.
        all.put("tocsin.egress.deadline", "PT10S");
        all.put("tocsin.delivery.waits", "PT0.1S,PT0.2S,PT0.3S");
        all.put("tocsin.delivery.retry-after-cap", "PT2S");
        all.put("tocsin.parking.busy-pause", "PT0.1S");
        // More than other tests need to fail; a pause that a test can wait for.
        all.put("tocsin.breaker.failures", "30");
        all.put("tocsin.breaker.pause", "PT0.5S");
        all.put("tocsin.breaker.longest-pause", "PT0.5S");
        all.put("tocsin.breaker.probe-time", "PT3S");
        all.put("tocsin.breaker.patience", "PT6S");
        return all;
    }

    private Map<String, Object> databaseAndBroker() {
        return Map.of(
                "micronaut.application.name", "webhook-sender",
                "micronaut.server.port", -1,
                "kafka.bootstrap.servers", broker.bootstrapServers(),
                "datasources.default.url", postgres.jdbcUrl(),
                "datasources.default.username", postgres.username(),
                "datasources.default.password", postgres.password());
    }

    private Path trustStore() {
        try {
            Path file = Files.createTempDirectory("sender").resolve("trust.p12");
            file.toFile().deleteOnExit();
            return authority.writeTrustStore(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks every route as those who must not be answered. */
    public TenantIsolation isolation(String org) {
        return new TenantIsolation(server.getApplicationContext(), url(), issuer, org);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    public String owner(String org) {
        return issuer.token("somebody").org(org, "owner").sign();
    }

    public KafkaBroker broker() {
        return broker;
    }

    public PostgresServer postgres() {
        return postgres;
    }

    /** A part of the running service. */
    public <T> T part(Class<T> type) {
        return server.getApplicationContext().getBean(type);
    }

    public WebhookReceiver receiver(int... statuses) {
        return WebhookReceiver.answering(authority, statuses);
    }

    public LocalAuthority authority() {
        return authority;
    }

    public Map<String, Object> copyOfSettings() {
        return new HashMap<>(settings);
    }

    /** Ends the service as SIGTERM does, and starts it again. */
    public void restart() {
        stop();
        start();
    }

    /** For a process that takes its place. */
    public void stop() {
        server.close();
    }

    public void start() {
        server = ApplicationContext.run(EmbeddedServer.class, settings);
    }

    /** The service as a process, whose next life has the partitions of the last one at once. */
    public ChildProcess.Builder asProcess(String instance) {
        int port = FreePorts.one();
        return ServiceProcess.of("webhook-sender-" + instance, SenderMain.class, port, broker, issuer)
                .settings(settings)
                .env("MICRONAUT_SERVER_PORT", Integer.toString(port))
                .env("KAFKA_CLIENT_GROUP_INSTANCE_ID", instance);
    }

    /** What a process that was killed holds is anybody's at once. */
    public void forgetMembers() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<String> groups = admin.listGroups().all().get().stream()
                    .map(GroupListing::groupId)
                    .filter(id -> id.startsWith("webhook-sender"))
                    .toList();
            for (ConsumerGroupDescription group :
                    admin.describeConsumerGroups(groups).all().get().values()) {
                if (!group.members().isEmpty()) {
                    admin.removeMembersFromConsumerGroup(group.groupId(), new RemoveMembersFromConsumerGroupOptions())
                            .all()
                            .get();
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An answer to a request of somebody with that role. */
    public HttpResponse<String> call(String method, String path, String body, String org, String role) {
        return send(method, path, body, issuer.token("somebody").org(org, role).sign());
    }

    /** As an owner of the organisation in the path. */
    public HttpResponse<String> call(String method, String path, String body) {
        return call(method, path, body, path.split("/", -1)[3], "owner");
    }

    /** An answer to a GET of somebody without a token. */
    public HttpResponse<String> open(String path) {
        return answer(request(path).GET().build());
    }

    public HttpResponse<String> send(String method, String path, String body, String token) {
        return answer(request(path)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("content-type", "application/json")
                .header("authorization", "Bearer " + token)
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path));
    }

    private HttpResponse<String> answer(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
