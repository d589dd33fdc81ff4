package tocsin.tracker.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.KafkaClients;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.TokenIssuer;
import tocsin.tracker.Samples;
import tocsin.tracker.SharedBroker;

/** The service in this process, with a history, on topics and a database of its own. */
final class RunningTracker implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(60);
    static final KafkaBroker BROKER = SharedBroker.BROKER;
    static final TokenIssuer ISSUER = TokenIssuer.start();
    private static final MessageCodec<DownloadRecorded> CODEC = MessageCodec.of(DownloadRecorded.class);

    final PostgresServer postgres;
    final String prefix;
    private final String database;
    private final List<EmbeddedServer> instances = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final KafkaClients clients;
    private final Producer<byte[], byte[]> producer;
    private final Map<String, Object> more;

    RunningTracker(PostgresServer postgres, Map<String, Object> more) {
        this.postgres = postgres;
        this.more = more;
        this.prefix = "t" + UUID.randomUUID() + ".";
        this.database = "d" + UUID.randomUUID().toString().replace("-", "");
        postgres.createDatabase(database);
        Stream.of(
                        Topics.DOWNLOAD_OBSERVED,
                        Topics.DOWNLOAD_WAITING,
                        Topics.DOWNLOAD_RECORDED,
                        Topics.TOKEN_REGISTERED,
                        Topics.PRIVACY_ERASURE,
                        Topics.quarantineOf("download-tracker"))
                .forEach(topic -> BROKER.createTopic(prefix + topic.name(), 3, topic.config()));
        clients = KafkaClients.of(new tocsin.service.kafka.KafkaConfig(BROKER.bootstrapServers(), prefix, Map.of()));
        producer = clients.producer("test");
    }

    EmbeddedServer start() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "micronaut.application.name", "download-tracker",
                "micronaut.server.port", "-1",
                "kafka.bootstrap-servers", BROKER.bootstrapServers(),
                "kafka.topic-prefix", prefix,
                "tocsin.security.issuer", ISSUER.issuer(),
                "tocsin.security.audience", ISSUER.audience(),
                "tocsin.security.jwks-url", ISSUER.jwksUrl(),
                "tocsin.history.url", postgres.jdbcUrl(database),
                "tocsin.history.username", postgres.username(),
                "tocsin.history.password", postgres.password()));
        settings.putAll(more);
        EmbeddedServer server = ApplicationContext.run(EmbeddedServer.class, settings);
        instances.add(server);
        return server;
    }

    void stop(EmbeddedServer server) {
        instances.remove(server);
        server.close();
    }

    <T> T bean(Class<T> type) {
        return instances.getFirst().getApplicationContext().getBean(type);
    }

    Instant now() {
        return bean(Clock.class).instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A good download by {@code acme}, fetched at that time; the number makes its id. */
    static DownloadRecorded.Builder download(int number, Instant fetchedAt) {
        return DownloadRecorded.newBuilder()
                .setEventId(new UUID(0x8000L, number).toString())
                .setSource("verdaccio-eu")
                .setEcosystem("npm")
                .setPackageName("event-stream")
                .setVersion("3.3.6")
                .setFetchedAt(fetchedAt)
                .setReceivedAt(fetchedAt.plusSeconds(1))
                .setAudience("org:acme")
                .setPrincipal(Samples.ci());
    }

    void record(DownloadRecorded.Builder download) {
        DownloadRecorded message = download.build();
        String key = RecordKeys.downloadRecorded(
                Audience.parse(message.getAudience()),
                PackageKey.parse(message.getEcosystem() + ":" + message.getPackageName()));
        send(Topics.DOWNLOAD_RECORDED.name(), key, CODEC.encode(message));
    }

    void send(String topic, String key, byte[] value) {
        var _ = producer.send(new ProducerRecord<>(prefix + topic, key.getBytes(UTF_8), value));
    }

    void flush() {
        producer.flush();
    }

    HttpResponse<String> get(String path, String token) {
        return send("GET", path, token, "");
    }

    HttpResponse<String> send(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("content-type", "application/json");
        if (!token.isEmpty()) {
            request.header("authorization", "Bearer " + token);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + instances.getFirst().getPort();
    }

    /** Of a superuser, with no schema of its own. */
    Connection connection() throws SQLException {
        return postgres.dataSource(database).getConnection();
    }

    /** The first column of the first row, as text. */
    String query(String sql) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute("set search_path = download_tracker");
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    int quarantined() {
        return records("download-tracker.quarantine").size();
    }

    /** All that is in the topic now. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return BROKER.readAll(prefix + topic);
    }

    static String admin() {
        return ISSUER.token("admin").scope("admin").sign();
    }

    void execute(String sql) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute("set search_path = download_tracker");
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    void awaitRows(int rows) {
        await().atMost(LIMIT).until(() -> query("select count(*) from download"), Integer.toString(rows)::equals);
    }

    /** When every record of the topic is stored or refused, for certain: the group has committed it. */
    void awaitCaughtUp() {
        awaitCaughtUp(LIMIT);
    }

    /** As {@link #awaitCaughtUp()}, where there is more to store than little. */
    void awaitCaughtUp(Duration limit) {
        await().atMost(limit).until(() -> recordsBehind("download-tracker-history", Topics.DOWNLOAD_RECORDED) == 0);
    }

    /** How many records of the topic a group has not committed yet. */
    long recordsBehind(String group, Topic topic) {
        try {
            return new HistoryLagClient(clients, group, topic.name()).records();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        List.copyOf(instances).forEach(this::stop);
        producer.close();
        clients.close();
        http.close();
    }
}
