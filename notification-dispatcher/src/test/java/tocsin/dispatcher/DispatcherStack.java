package tocsin.dispatcher;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import tocsin.schemas.Topics;
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
 * The service as it starts, with topics and tables of its own on a broker, a database and a mail server: spoken to by HTTP, by records and by
 * SQL.
 */
abstract class DispatcherStack implements AutoCloseable {

    private final Surroundings around;
    private final String prefix;
    private final String database;
    private final Map<String, Object> settings;
    private final EmbeddedServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    /** What several of them can share. */
    record Surroundings(KafkaBroker broker, PostgresServer postgres, MailCatcher mails, TokenIssuer issuer) {

        static Surroundings start() {
            return new Surroundings(
                    KafkaBroker.start(), PostgresServer.start(), MailCatcher.start(), TokenIssuer.start());
        }
    }

    /**
     * @param prefix of its topics, which keeps it apart from its neighbours
     * @param more settings, which replace those of every test
     */
    DispatcherStack(Surroundings around, String prefix, Map<String, Object> more) {
        this.around = around;
        this.prefix = prefix;
        this.database = "dispatcher" + prefix.replace(".", "");
        Topics.all()
                .forEach(topic ->
                        around.broker().createTopic(prefix + topic.name(), Math.min(2, topic.devPartitions())));
        this.settings = new HashMap<>(Map.of(
                "micronaut.application.name", "notification-dispatcher",
                "micronaut.server.port", "-1",
                "kafka.bootstrap-servers", around.broker().bootstrapServers(),
                "datasources.default.url", around.postgres().createDatabase(database),
                "datasources.default.username", around.postgres().username(),
                "datasources.default.password", around.postgres().password(),
                "tocsin.security.issuer", around.issuer().issuer(),
                "tocsin.security.audience", around.issuer().audience(),
                "tocsin.security.jwks-url", around.issuer().jwksUrl(),
                "tocsin.smtp.host", around.mails().host()));
        settings.putAll(Map.of(
                "kafka.topic-prefix", prefix,
                "tocsin.smtp.port", around.mails().port(),
                "tocsin.smtp.from", "alarm@tocsin.example.com",
                "tocsin.smtp.tls", "NONE",
                "tocsin.confirmation.key", "a key that is long enough for a test",
                "tocsin.confirmation.base-url", "https://tocsin.example.com",
                // A digest takes away what nearly all tests look at.
                "tocsin.campaign.window", "PT0S"));
        settings.putAll(more);
        server = ApplicationContext.run(EmbeddedServer.class, settings);
    }

    /** Another instance of it, with the same topics and tables. */
    DispatcherStack(DispatcherStack first) {
        this.around = first.around;
        this.prefix = first.prefix;
        this.database = first.database;
        this.settings = first.settings;
        server = ApplicationContext.run(EmbeddedServer.class, settings);
    }

    Surroundings around() {
        return around;
    }

    /**
     * The same service, in its last state, as a process of its own; once this one is closed.
     *
     * @param port where it listens
     */
    public ChildProcess.Builder asProcess(int port) {
        return ServiceProcess.of("dispatcher-" + prefix, DispatcherMain.class, port, around.broker(), around.issuer())
                .settings(settings)
                .env("MICRONAUT_SERVER_PORT", Integer.toString(port))
                // Comes back to its partitions at once.
                .env("KAFKA_CLIENT_GROUP_INSTANCE_ID", "dispatcher-0");
    }

    public KafkaBroker broker() {
        return around.broker();
    }

    public TokenIssuer issuer() {
        return around.issuer();
    }

    public <T> T bean(Class<T> type) {
        return server.getApplicationContext().getBean(type);
    }

    public String owner(String org) {
        return around.issuer().token("owner").org(org, "owner").sign();
    }

    public String admin() {
        return around.issuer().token("admin").scope("admin").sign();
    }

    public String platform() {
        return around.issuer().token("platform").scope("platform").sign();
    }

    public Token token() {
        return around.issuer().token("somebody");
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
        around.broker().send(prefix + topic, key.getBytes(StandardCharsets.UTF_8), value);
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

    public List<CaughtMail> mails(String address) {
        return around.mails().messages().stream()
                .filter(it -> it.to().contains(address))
                .toList();
    }

    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return around.broker().readAll(prefix + topic);
    }

    /** Rows as text, columns separated by a space. */
    public List<String> rows(String sql, String... parameters) {
        try (Connection connection = around.postgres().dataSource(database).getConnection();
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

    public void update(String sql, String... parameters) {
        try (Connection connection = around.postgres().dataSource(database).getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
