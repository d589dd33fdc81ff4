package tocsin.dispatcher;

import static org.awaitility.Awaitility.await;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.EmailRequested;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.service.kafka.KafkaClients;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MailCatcher;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.Token;
import tocsin.testsupport.TokenIssuer;

/**
 * The service with a broker, a database and a mail server of its own. Tests share one and keep apart by organisation, so that they do not each
 * wait for it to start.
 */
public final class RunningDispatcher implements AutoCloseable {

    public static final Duration SOON = Duration.ofSeconds(30);

    private static final MessageCodec<WebhookRequested> WEBHOOKS = MessageCodec.of(WebhookRequested.class);
    private static final MessageCodec<EmailRequested> EMAILS = MessageCodec.of(EmailRequested.class);
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final KafkaBroker broker;
    private final PostgresServer postgres;
    private final String database;
    private final MailCatcher mails;
    private final TokenIssuer issuer;
    private final EmbeddedServer server;
    private final String prefix;
    private final Map<String, Object> settings;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Holds the shared one; made when the first test asks. */
    private static final class Shared {
        static final RunningDispatcher INSTANCE = new RunningDispatcher(
                KafkaBroker.start(), PostgresServer.start(), MailCatcher.start(), TokenIssuer.start(), "", Map.of());
    }

    public static RunningDispatcher shared() {
        return Shared.INSTANCE;
    }

    /** Another one on the same broker and database server, with topics and tables of its own. */
    public static RunningDispatcher beside(Map<String, Object> more) {
        RunningDispatcher shared = shared();
        return new RunningDispatcher(
                shared.broker,
                shared.postgres,
                shared.mails,
                shared.issuer,
                "beside" + NAMES.incrementAndGet() + ".",
                more);
    }

    private RunningDispatcher(
            KafkaBroker broker,
            PostgresServer postgres,
            MailCatcher mails,
            TokenIssuer issuer,
            String prefix,
            Map<String, Object> more) {
        this.broker = broker;
        this.postgres = postgres;
        this.mails = mails;
        this.issuer = issuer;
        this.prefix = prefix;
        this.database = "dispatcher" + prefix.replace(".", "");
        Topics.all().forEach(topic -> broker.createTopic(prefix + topic.name(), 2));
        this.settings = new HashMap<>(Map.of(
                "micronaut.application.name", "notification-dispatcher",
                "micronaut.server.port", "-1",
                "kafka.bootstrap-servers", broker.bootstrapServers(),
                "datasources.default.url", postgres.createDatabase(database),
                "datasources.default.username", postgres.username(),
                "datasources.default.password", postgres.password(),
                "tocsin.security.issuer", issuer.issuer(),
                "tocsin.security.audience", issuer.audience(),
                "tocsin.security.jwks-url", issuer.jwksUrl(),
                "tocsin.smtp.host", mails.host()));
        settings.putAll(Map.of(
                "kafka.topic-prefix", prefix,
                "tocsin.smtp.port", mails.port(),
                "tocsin.smtp.from", "alarm@tocsin.example.com",
                "tocsin.smtp.tls", "NONE",
                "tocsin.confirmation.key", "a key that is long enough for a test",
                "tocsin.confirmation.base-url", "https://tocsin.example.com",
                // A digest takes away what nearly all tests look at.
                "tocsin.campaign.window", "PT0S"));
        settings.putAll(more);
        server = ApplicationContext.run(EmbeddedServer.class, settings);
    }

    /**
     * The same service, in its last state, as a process of its own; once this one is closed.
     *
     * @param port where it listens
     */
    public ChildProcess.Builder asProcess(int port) {
        return ServiceProcess.of("dispatcher-" + prefix, DispatcherMain.class, port, broker, issuer)
                .settings(settings)
                .env("MICRONAUT_SERVER_PORT", Integer.toString(port))
                // Comes back to its partitions at once.
                .env("KAFKA_CLIENT_GROUP_INSTANCE_ID", "dispatcher-0");
    }

    /** An organisation that no other test knows. */
    public static String newOrg() {
        return "org-" + NAMES.incrementAndGet();
    }

    public KafkaBroker broker() {
        return broker;
    }

    public TokenIssuer issuer() {
        return issuer;
    }

    public <T> T bean(Class<T> type) {
        return server.getApplicationContext().getBean(type);
    }

    public String owner(String org) {
        return issuer.token("owner").org(org, "owner").sign();
    }

    public String admin() {
        return issuer.token("admin").scope("admin").sign();
    }

    public String platform() {
        return issuer.token("platform").scope("platform").sign();
    }

    public Token token() {
        return issuer.token("somebody");
    }

    public String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    public HttpResponse<String> send(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("content-type", "application/json");
        }
        if (!token.isEmpty()) {
            request.header("authorization", "Bearer " + token);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** As {@link #send}, for what must succeed. @return the body */
    public String ok(String method, String path, String token, String body) {
        HttpResponse<String> response = send(method, path, token, body);
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    public void produce(String topic, String key, byte[] value) {
        broker.send(prefix + topic, key.getBytes(StandardCharsets.UTF_8), value);
    }

    public void remove(String topic, String key) {
        try (var producer = bean(KafkaClients.class).producer("test")) {
            producer.send(new ProducerRecord<>(prefix + topic, key.getBytes(StandardCharsets.UTF_8), null))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void match(AdvisoryMatched.Builder matched) {
        produce(Topics.ADVISORY_MATCHED.name(), matched.getAudience(), Samples.CODEC.encode(matched.build()));
    }

    /** Gives the organisation all entitlements and an endpoint that gets its notices from now on. @return its id */
    public String withWebhook(String org) {
        String endpoint = withEndpoint(org);
        ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"}}");
        sinceLongAgo(org);
        return endpoint;
    }

    /** Entitles the organisation and registers an endpoint for it. @return its id */
    public String withEndpoint(String org, String... types) {
        entitle(org);
        String endpoint = "WH" + NAMES.incrementAndGet();
        announce(org, endpoint, false, types);
        await().atMost(SOON).until(() -> bean(EndpointDirectory.class).has(org, endpoint));
        return endpoint;
    }

    /** What the sender says of an endpoint that is enabled. */
    public void announce(String org, String endpoint, boolean thin, String... types) {
        produce(
                Topics.WEBHOOK_ENDPOINT.name(),
                endpoint,
                MessageCodec.of(WebhookEndpoint.class)
                        .encode(WebhookEndpoint.newBuilder()
                                .setEndpointId(endpoint)
                                .setOrgId(org)
                                .setEnabled(true)
                                .setEventTypes(List.of(types))
                                .setThin(thin)
                                .build()));
    }

    public void entitle(String org) {
        ok("PUT", "/v1/orgs/" + org + "/entitlements", admin(), "{\"guard\":true,\"webhooks\":true}");
    }

    /** Confirms an address by its mail and chooses it from now on. @return the address */
    public String withMail(String org, String language) {
        return withMail(org, language, org + "@example.com");
    }

    /** As {@link #withMail(String, String)} for an address that nobody else has. */
    public String withMail(String org, String language, String address) {
        withAddress(org, language, address);
        ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                owner(org),
                "{\"email\":{\"enabled\":true,\"address\":\"" + address + "\",\"language\":\"" + language + "\"}}");
        sinceLongAgo(org);
        return address;
    }

    /** An endpoint, and mail in English to an address of its own. @return the endpoint's id */
    public String withWebhookAndMail(String org) {
        String address = org + "@example.com";
        withAddress(org, "en", address);
        String endpoint = withEndpoint(org);
        ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint
                        + "\"},\"email\":{\"enabled\":true,\"address\":\"" + address + "\"}}");
        sinceLongAgo(org);
        return endpoint;
    }

    /** Confirms an address by its mail, which then is there to be chosen. */
    public void withAddress(String org, String language, String address) {
        entitle(org);
        ok(
                "POST",
                "/v1/orgs/" + org + "/email-allowlist",
                owner(org),
                "{\"address\":\"" + address + "\",\"language\":\"" + language + "\"}");
        ok("POST", linkIn(awaitMails(address, 1).getFirst()), "", "");
    }

    /** Says of a webhook how it ended. */
    public void settle(WebhookRequested webhook, DeliveryOutcome outcome) {
        produce(
                Topics.DELIVERY_SETTLED.name(),
                webhook.getNotificationId(),
                MessageCodec.of(DeliverySettled.class)
                        .encode(DeliverySettled.newBuilder()
                                .setNotificationId(webhook.getNotificationId())
                                .setMessageId(webhook.getWebhookId())
                                .setDestination(webhook.getEndpointId())
                                .setOutcome(outcome)
                                .setAttempts(4)
                                .setReason(outcome == DeliveryOutcome.FAILED ? "the receiver answered 500" : null)
                                .setSettledAt(Instant.parse("2026-04-17T12:00:00Z"))
                                .build()));
    }

    /** The samples' downloads lie in the past: as if the settings had been saved before them. */
    public void sinceLongAgo(String org) {
        update(
                "update notification_dispatcher.breach_settings set webhook_saved_at = webhook_saved_at - interval '100 years',"
                        + " email_saved_at = email_saved_at - interval '100 years' where org_id = ?",
                org);
    }

    public void registerToken(TokenRegistered.Builder token) {
        produce(
                Topics.TOKEN_REGISTERED.name(),
                token.getTokenId(),
                MessageCodec.of(TokenRegistered.class).encode(token.build()));
        await().atMost(SOON)
                .until(() -> bean(TokenDirectory.class)
                        .addressOf(token.getTokenId())
                        .filter(it -> it.address().equals(token.getVerifiedEmail()))
                        .isPresent());
    }

    /** The path in a confirmation mail. */
    public static String linkIn(CaughtMail mail) {
        String text = mail.text().orElseThrow();
        int at = text.indexOf("/email-confirmations/");
        return text.substring(at).lines().findFirst().orElseThrow().strip();
    }

    public List<CaughtMail> mails(String address) {
        return mails.messages().stream().filter(it -> it.to().contains(address)).toList();
    }

    public List<CaughtMail> awaitMails(String address, int atLeast) {
        return await().atMost(SOON).until(() -> mails(address), it -> it.size() >= atLeast);
    }

    public List<WebhookRequested> webhooks(String org) {
        return records(Topics.WEBHOOK_REQUESTED.name()).stream()
                .map(it -> WEBHOOKS.decode(it.value()))
                .filter(it -> it.getOrgId().equals(org))
                .toList();
    }

    public List<WebhookRequested> awaitWebhooks(String org, int atLeast) {
        return await().atMost(SOON).until(() -> webhooks(org), it -> it.size() >= atLeast);
    }

    public List<EmailRequested> emails(String audience) {
        return records(Topics.EMAIL_REQUESTED.name()).stream()
                // What a test poisoned the topic with has no prefix of ours.
                .filter(it ->
                        HexFormat.of().withUpperCase().formatHex(it.value()).startsWith(EMAILS.prefixHex()))
                .map(it -> EMAILS.decode(it.value()))
                .filter(it -> it.getAudience().equals(audience))
                .toList();
    }

    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return broker.readAll(prefix + topic);
    }

    /** Rows as text, columns separated by a space. */
    public List<String> rows(String sql, String... parameters) {
        try (Connection connection = postgres.dataSource(database).getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    List<String> columns = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        columns.add(String.valueOf(result.getString(i)));
                    }
                    rows.add(String.join(" ", columns));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void update(String sql, String parameter) {
        try (Connection connection = postgres.dataSource(database).getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ledger rows of an organisation: kind, destination, state, reason; the oldest notification first. */
    public List<String> ledger(String org) {
        return rows("""
                select n.kind, l.destination, l.state, coalesce(l.reason, '-')
                from notification_dispatcher.notification n join notification_dispatcher.ledger l using (notification_id)
                where n.audience = ? order by n.created_at, l.destination
                """, "org:" + org);
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
