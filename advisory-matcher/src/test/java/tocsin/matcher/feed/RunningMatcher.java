package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.topology.MatcherStreamsRelay;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TokenIssuer;

/** The whole service, as it starts, with a broker and an issuer of its own. */
final class RunningMatcher implements AutoCloseable {

    private static final MessageCodec<AdvisoryPublished> PUBLISHED = MessageCodec.of(AdvisoryPublished.class);
    private static final MessageCodec<AdvisoryAccepted> ACCEPTED = MessageCodec.of(AdvisoryAccepted.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    final KafkaBroker broker = KafkaBroker.start();
    final TokenIssuer issuer = TokenIssuer.start();
    final EmbeddedServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    /** @param directory of the state */
    RunningMatcher(Path directory) {
        for (Topic topic : MatcherStreamsRelay.USED) {
            broker.createTopic(topic.name(), 1);
        }
        broker.createTopic(Topics.FEED_POSITION.name(), 1);
        Map<String, Object> properties = new HashMap<>(Map.of(
                "micronaut.application.name",
                "advisory-matcher",
                "micronaut.server.port",
                -1,
                "kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "tocsin.matcher.state-dir",
                directory.toString(),
                "tocsin.matcher.threads",
                1,
                "tocsin.hold.audiences",
                100,
                "tocsin.feeds.subjects",
                "osv=feed-1, osv=feed-2",
                "tocsin.security.issuer",
                issuer.issuer(),
                "tocsin.security.audience",
                issuer.audience(),
                "tocsin.security.jwks-url",
                issuer.jwksUrl()));
        properties.put("tocsin.buckets.mirror.url", "http://127.0.0.1:1/bucket");
        server = ApplicationContext.run(EmbeddedServer.class, properties);
    }

    /** A token with one scope. */
    String token(String subject, String scope) {
        return issuer.token(subject).scope(scope).sign();
    }

    /** The token of one of those whose name osv is. */
    String feed() {
        return token("feed-1", "feed");
    }

    static String record(String id) {
        return "{\"id\": \"" + id + "\", \"modified\": \"2026-04-17T10:00:00Z\", \"affected\": [{\"package\": "
                + "{\"ecosystem\": \"npm\", \"name\": \"event-stream\"}, \"versions\": [\"3.3.6\"]}]}";
    }

    /** Sends JSON to the feed osv, as one of its own. */
    HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return post("osv", "application/json", feed(), body);
    }

    HttpResponse<String> post(String feed, String contentType, String token, String body)
            throws IOException, InterruptedException {
        return post(feed, contentType, token, BodyPublishers.ofString(body));
    }

    /** @param token empty: none */
    HttpResponse<String> post(String feed, String contentType, String token, BodyPublisher body)
            throws IOException, InterruptedException {
        return send(to("/v1/advisories?feed=" + feed, token)
                .header("Content-Type", contentType)
                .POST(body));
    }

    /** What is told of an advisory. */
    HttpResponse<String> advisory(String id, String token) throws IOException, InterruptedException {
        return get("/v1/advisories/" + id, token);
    }

    /** @param token empty: none */
    HttpResponse<String> get(String path, String token) throws IOException, InterruptedException {
        return send(to(path, token));
    }

    /** @param body null: a question */
    HttpResponse<String> admin(String path, @Nullable String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = to(path, token("admin-1", "admin")).header("Content-Type", "application/json");
        return send(body == null ? request : request.POST(BodyPublishers.ofString(body)));
    }

    /** The rows of a package in one state of a hold. */
    List<JsonNode> held(String state, String name) throws IOException, InterruptedException {
        HttpResponse<String> answer = admin("/v1/advisories/held?state=" + state, null);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return json(answer)
                .get("advisories")
                .valueStream()
                .filter(row -> row.get("package_name").textValue().equals(name))
                .toList();
    }

    static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    AdvisoryPublished published(String id) {
        return broker.readAll(Topics.ADVISORY_PUBLISHED.name()).stream()
                .filter(record -> id.equals(new String(record.key(), UTF_8)))
                .map(record -> PUBLISHED.decode(record.value()))
                .findFirst()
                .orElseThrow();
    }

    boolean hasAccepted(String id) {
        return broker.readAll(Topics.ADVISORY_ACCEPTED.name()).stream()
                .map(record -> ACCEPTED.decode(record.value()))
                .anyMatch(advisory -> advisory.getAdvisoryId().equals(id));
    }

    private HttpRequest.Builder to(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.getURI() + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.close();
        server.close();
        issuer.close();
        broker.close();
    }
}
