package tocsin.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.TenantIsolation;
import tocsin.testsupport.TokenIssuer;
import tocsin.testsupport.WebhookReceiver;

/** The whole sender as it starts, with a broker, a database and an authority of its own; one for all tests of the module. */
public final class SenderService {

    public static final Duration LIMIT = Duration.ofSeconds(30);

    private static final MessageCodec<WebhookRequested> REQUESTED = MessageCodec.of(WebhookRequested.class);
    private static final MessageCodec<OrgEntitlements> ENTITLEMENTS = MessageCodec.of(OrgEntitlements.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final class Shared {
        static final SenderService INSTANCE = new SenderService();
    }

    private final KafkaBroker broker = KafkaBroker.start();
    private final PostgresServer postgres = PostgresServer.start();
    private final TokenIssuer issuer = TokenIssuer.start();
    private final LocalAuthority authority = LocalAuthority.create();
    private final HttpClient http = HttpClient.newHttpClient();
    private final SettledTopic settled;
    private final Map<String, Object> settings;
    private EmbeddedServer server;

    private SenderService() {
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
        settled = new SettledTopic(broker.bootstrapServers());
        entitle(RecordKeys.ALL_ENTITLEMENTS_TOLD, false);
        settings = settings();
        server = ApplicationContext.run(EmbeddedServer.class, settings);
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
        all.put("tocsin.egress.deadline", "PT2S");
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

    /** Started at the first call. */
    public static SenderService shared() {
        return Shared.INSTANCE;
    }

    /** Asks every route as those who must not be answered. */
    public TenantIsolation isolation(String org) {
        return new TenantIsolation(
                server.getApplicationContext(), URI.create("http://127.0.0.1:" + server.getPort()), issuer, org);
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

    public static byte[] encoded(WebhookRequested request) {
        return REQUESTED.encode(request);
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

    /** A second instance beside this one, on the same broker and database. */
    public Instance another() {
        return new Instance(ApplicationContext.run(EmbeddedServer.class, settings));
    }

    public record Instance(EmbeddedServer running) implements AutoCloseable {

        public <T> T part(Class<T> type) {
            return running.getApplicationContext().getBean(type);
        }

        @Override
        public void close() {
            running.close();
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
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + path));
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

    public static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of an endpoint as its owner got it at the registration. */
    public record Registered(String org, String id, String secret) {
        public String path() {
            return "/v1/orgs/" + org + "/webhook-endpoints/" + id;
        }
    }

    public static String newOrg() {
        return "org-" + UUID.randomUUID();
    }

    /** That may have webhooks. */
    public String entitledOrg() {
        String org = newOrg();
        entitle(org, true);
        return org;
    }

    /** As the dispatcher tells it. */
    public void entitle(String org, boolean webhooks) {
        OrgEntitlements told = OrgEntitlements.newBuilder()
                .setOrgId(org)
                .setGuard(false)
                .setWebhooks(webhooks)
                // Of equally new ones the later counts.
                .setChangedAt(Instant.EPOCH)
                .build();
        broker.send(Topics.ORG_ENTITLEMENTS.name(), org.getBytes(UTF_8), ENTITLEMENTS.encode(told));
    }

    /** Until nobody of the organisation may register any more. */
    public void awaitRefused(String org) {
        Awaitility.await()
                .atMost(LIMIT)
                // What nobody may register is answered 422 until then.
                .until(() -> call("POST", "/v1/orgs/" + org + "/webhook-endpoints", "{\"url\":\"http://example.com/\"}")
                                .statusCode()
                        == 403);
    }

    /** Entitles the organisation first. */
    public Registered register(String org, String url) {
        return register(org, url, "standard");
    }

    public Registered register(String org, String url, String format) {
        entitle(org, true);
        JsonNode answer = json(call(
                "POST",
                "/v1/orgs/" + org + "/webhook-endpoints",
                "{\"url\":\"" + url + "\",\"description\":\"on call\",\"event_types\":[],\"format\":\"" + format
                        + "\"}"));
        return new Registered(
                org, answer.get("id").asText(), answer.get("secret").asText());
    }

    public static WebhookRequested.Builder request(Registered endpoint) {
        UUID id = UUID.randomUUID();
        return WebhookRequested.newBuilder()
                .setWebhookId("msg_" + id)
                .setNotificationId("n-" + id)
                .setOrgId(endpoint.org())
                .setEndpointId(endpoint.id())
                .setType("guard.malicious_package_detected")
                .setOccurredAt(Instant.parse("2026-04-17T12:00:00Z"))
                .setData("{\"advisory\": {\"advisory_id\":\"GHSA-é\"}}");
    }

    public void request(WebhookRequested request) {
        broker.send(
                Topics.WEBHOOK_REQUESTED.name(), request.getEndpointId().getBytes(UTF_8), REQUESTED.encode(request));
    }

    /** What was said of the end of that message. */
    public List<DeliverySettled> settlements(String webhookId) {
        return settled.all().stream()
                .filter(settled -> settled.getMessageId().equals(webhookId))
                .toList();
    }

    /** Ids of the messages to that endpoint that were settled as delivered. */
    public Set<String> delivered(Registered endpoint) {
        return settled.all().stream()
                .filter(settled -> settled.getDestination().equals(endpoint.id()))
                .filter(settled -> settled.getOutcome() == DeliveryOutcome.DELIVERED)
                .map(DeliverySettled::getMessageId)
                .collect(Collectors.toSet());
    }

    public List<DeliverySettled> awaitSettlements(String webhookId, int atLeast) {
        return Awaitility.await()
                .atMost(LIMIT)
                .until(() -> settlements(webhookId), settlements -> settlements.size() >= atLeast);
    }

    /** What was said first of the end of that one. */
    public DeliverySettled settled(WebhookRequested request) {
        return awaitSettlements(request.getWebhookId(), 1).getFirst();
    }

    /** What lies on the dead topic of that message. */
    public List<ConsumerRecord<byte[], byte[]>> dead(String webhookId) {
        return broker.readAll(Topics.WEBHOOK_DEAD.name()).stream()
                .filter(record ->
                        REQUESTED.decode(record.value()).getWebhookId().equals(webhookId))
                .toList();
    }

    /** What its owner is shown of that message. */
    public JsonNode shown(Registered endpoint, String webhookId) {
        for (JsonNode delivery :
                json(call("GET", endpoint.path() + "/deliveries", "")).get("deliveries")) {
            if (delivery.get("webhook_id").asText().equals(webhookId)) {
                return delivery;
            }
        }
        return JSON.missingNode();
    }
}
