package tocsin.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.schemas.avro.WebhookRequested;

/** The whole sender, and what organisations and the dispatcher say to it and hear of it; one for all tests of the module. */
public final class SenderService extends SenderStack {

    public static final Duration LIMIT = Duration.ofSeconds(30);

    private static final MessageCodec<WebhookRequested> REQUESTED = MessageCodec.of(WebhookRequested.class);
    private static final MessageCodec<OrgEntitlements> ENTITLEMENTS = MessageCodec.of(OrgEntitlements.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final class Shared {
        static final SenderService INSTANCE = new SenderService();
    }

    private final SettledTopic settled;

    private SenderService() {
        settled = new SettledTopic(broker().bootstrapServers());
        entitle(RecordKeys.ALL_ENTITLEMENTS_TOLD, false);
        start();
    }

    /** Started at the first call. */
    public static SenderService shared() {
        return Shared.INSTANCE;
    }

    /** A second instance beside this one, on the same broker and database. */
    public Instance another() {
        return new Instance(ApplicationContext.run(EmbeddedServer.class, copyOfSettings()));
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

    public static byte[] encoded(WebhookRequested request) {
        return REQUESTED.encode(request);
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
            return endpointsOf(org) + "/" + id;
        }
    }

    /** The path of an organisation's endpoints. */
    public static String endpointsOf(String org) {
        return "/v1/orgs/" + org + "/webhook-endpoints";
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
        broker().send(Topics.ORG_ENTITLEMENTS.name(), org.getBytes(UTF_8), ENTITLEMENTS.encode(told));
    }

    /** Until nobody of the organisation may register any more. */
    public void awaitRefused(String org) {
        Awaitility.await()
                .atMost(LIMIT)
                // What nobody may register is answered 422 until then.
                .until(() -> call("POST", endpointsOf(org), "{\"url\":\"http://example.com/\"}")
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
                endpointsOf(org),
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
        broker().send(
                        Topics.WEBHOOK_REQUESTED.name(),
                        request.getEndpointId().getBytes(UTF_8),
                        REQUESTED.encode(request));
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
        return broker().readAll(Topics.WEBHOOK_DEAD.name()).stream()
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
