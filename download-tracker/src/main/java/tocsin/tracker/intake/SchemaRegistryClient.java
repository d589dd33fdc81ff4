package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;

/**
 * Asks a schema registry, one question at a time, each with a deadline over all of it, and remembers the answers: a number never changes its
 * schema. That there is none it forgets after a while, since there may be one by then. Safe for use by many threads.
 */
public final class SchemaRegistryClient implements WriterSchemas, AutoCloseable {

    static final int MAX_SCHEMA_BYTES = 256 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_SCHEMA_BYTES)
                            .maxNestingDepth(16)
                            .build())
                    .build())
            .build();

    /** More numbers than one topic's producers ever use; strangers may name any. */
    private static final int MAX_REMEMBERED = 500;

    private static final Duration CONNECT = Duration.ofSeconds(3);

    private final URI base;
    private final Optional<String> authorization;
    private final Duration deadline;
    private final Duration absence;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Answer> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Answer> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** @param at {@link System#nanoTime} of the answer */
    private record Answer(Optional<Schema> schema, long at) {}

    /**
     * @param deadline of one question, from the connection to the last byte
     * @param absence how long it is believed that a number has no schema
     * @throws IllegalArgumentException if the address is none of HTTP
     */
    SchemaRegistryClient(SchemaRegistryConfiguration configuration, Duration deadline, Duration absence) {
        this.base = URI.create(configuration.url().replaceFirst("/+$", ""));
        if (base.getHost() == null || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
            throw new IllegalArgumentException("tocsin.schema-registry.url is no address of HTTP");
        }
        this.authorization = configuration.username().isEmpty()
                ? Optional.empty()
                : Optional.of("Basic "
                        + Base64.getEncoder()
                                .encodeToString(
                                        (configuration.username() + ":" + configuration.password()).getBytes(UTF_8)));
        this.deadline = deadline;
        this.absence = absence;
    }

    @Override
    public Optional<Schema> find(int id) {
        if (id < 0) {
            return Optional.empty();
        }
        lock.lock();
        try {
            Answer known = answers.get(id);
            if (known != null && (known.schema().isPresent() || System.nanoTime() - known.at() < absence.toNanos())) {
                return known.schema();
            }
            Optional<Schema> schema = ask(id);
            answers.put(id, new Answer(schema, System.nanoTime()));
            return schema;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Schema> ask(int id) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/schemas/ids/" + id))
                .header("accept", "application/vnd.schemaregistry.v1+json, application/json");
        authorization.ifPresent(value -> request.header("authorization", value));
        HttpResponse<Optional<byte[]>> answer = answer(request.build());
        return switch (answer.statusCode()) {
            case 200 -> answer.body().flatMap(SchemaRegistryClient::schema);
            case 404 -> Optional.empty();
            // Refused, moved or broken: somebody has to mend the registry or its configuration, and no message is to
            // blame.
            default -> throw new RegistryUnavailableException("the schema registry answered " + answer.statusCode());
        };
    }

    /** The client's own timeout ends with the headers. */
    private HttpResponse<Optional<byte[]>> answer(HttpRequest request) {
        CompletableFuture<HttpResponse<Optional<byte[]>>> answer =
                http.sendAsync(request, _ -> new BoundedBody(MAX_SCHEMA_BYTES));
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new RegistryUnavailableException("the schema registry did not answer in time", e);
        } catch (ExecutionException e) {
            throw new RegistryUnavailableException("the schema registry cannot be reached", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new RegistryUnavailableException("interrupted while asking the schema registry", e);
        }
    }

    private static Optional<Schema> schema(byte[] body) {
        try {
            JsonNode answer = MAPPER.readTree(body);
            String type = answer.path("schemaType").asText("AVRO");
            String text = answer.path("schema").textValue();
            return text == null || !type.equals("AVRO")
                    ? Optional.empty()
                    : Optional.of(new SchemaParser().parse(text).mainSchema());
        } catch (JacksonException e) {
            throw new RegistryUnavailableException("the schema registry's answer is no JSON", e);
        } catch (IOException | AvroRuntimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
