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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a schema registry, each question with a deadline over all of it, and remembers the answers: a number never changes its schema. That there is
 * none it forgets after a while, since there may be one by then. Numbers that have none do not hold up the others for long: once they took too much
 * time, nothing is asked for a while, and what is not known has to wait. Nor does a registry that gives no answer: see {@link #leftAloneFor}. Safe for use by many
 * threads.
 */
public final class SchemaRegistryClient implements WriterSchemas, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistryClient.class);

    static final int MAX_SCHEMA_BYTES = 256 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_SCHEMA_BYTES)
                            .maxNestingDepth(16)
                            .build())
                    .build())
            .build();

    /** More numbers than one topic's producers ever use. */
    private static final int MAX_REMEMBERED = 500;

    /** Strangers may name any; apart from the others, so that those stay. */
    private static final int MAX_ABSENCES = 10_000;

    /** A small part of what a batch may take, however many numbers of no schema it names. */
    private static final Duration VAIN = Duration.ofSeconds(10);

    private static final int VAIN_SHARE = 4;

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
    private final Map<Integer, Schema> schemas = new Newest<>(MAX_REMEMBERED);
    private final Recently absences = new Recently(MAX_ABSENCES);
    /** Of questions that got no answer. */
    private final Recently failures = new Recently(MAX_ABSENCES);

    private final VainTime vain;
    private final Silence silence = new Silence();

    /** Nothing that could be taken for an answer came. */
    private static final class NoAnswerException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NoAnswerException(String message) {
            super(message);
        }

        NoAnswerException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** As with {@link #VAIN} for questions in vain. */
    SchemaRegistryClient(SchemaRegistryConfiguration configuration, Duration deadline, Duration absence) {
        this(configuration, deadline, absence, new VainTime(VAIN, VAIN_SHARE, System.nanoTime()));
    }

    /**
     * @param deadline of one question, from the connection to the last byte
     * @param absence how long it is believed that a number has no schema
     * @param vain for questions that lead to no schema
     * @throws IllegalArgumentException if the address is none of HTTP
     */
    SchemaRegistryClient(
            SchemaRegistryConfiguration configuration, Duration deadline, Duration absence, VainTime vain) {
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
        this.vain = vain;
    }

    /**
     * The same schemas for who must not lose time: once the registry gave no answer, to whomever and for whatever number, it is not asked on this
     * way until the pause is over or another way has got an answer. What is known is told at any time.
     */
    WriterSchemas leftAloneFor(Duration pause) {
        return asking(_ -> !silence.isWithin(pause));
    }

    /** The same for who waits anyway: only the number that got no answer is left alone, so that none hides the others. */
    WriterSchemas eachLeftAloneFor(Duration pause) {
        return asking(id -> !failures.isWithin(id, pause));
    }

    private WriterSchemas asking(IntPredicate now) {
        return new WriterSchemas() {
            @Override
            public Optional<Schema> find(int id) {
                return SchemaRegistryClient.this.find(id, now);
            }

            @Override
            public boolean mayTell(int id) {
                return remembered(id).isPresent()
                        || absences.isWithin(id, absence)
                        || (now.test(id) && vain.isLeft(System.nanoTime()));
            }
        };
    }

    /** Asks however lately the registry gave no answer. */
    @Override
    public Optional<Schema> find(int id) {
        return find(id, _ -> true);
    }

    private Optional<Schema> find(int id, IntPredicate now) {
        if (id < 0) {
            return Optional.empty();
        }
        Optional<Schema> known = remembered(id);
        if (known.isPresent() || absences.isWithin(id, absence)) {
            return known;
        }
        if (!now.test(id)) {
            throw new RegistryUnavailableException(id, "the schema registry gave no answer a moment ago");
        }
        long asked = System.nanoTime();
        if (!vain.isLeft(asked)) {
            // Others used it up, and this number may be good.
            throw new RegistryUnavailableException(id, "too many questions to the schema registry led to nothing");
        }
        // Not under the lock: others would wait for an answer that is none of theirs.
        Optional<Schema> schema;
        try {
            schema = ask(id);
        } catch (NoAnswerException e) {
            noAnswer(id, e);
            vain.spend(System.nanoTime() - asked, System.nanoTime());
            throw new RegistryUnavailableException(id, String.valueOf(e.getMessage()));
        }
        if (silence.ends()) {
            LOG.atInfo().log("schema-registry.answers");
        }
        if (!remember(id, schema)) {
            vain.spend(System.nanoTime() - asked, System.nanoTime());
        }
        return schema;
    }

    private void noAnswer(int id, NoAnswerException failure) {
        if (silence.goesOn()) {
            LOG.atWarn().setCause(failure).log("schema-registry.silent");
        }
        failures.happened(id);
    }

    private Optional<Schema> remembered(int id) {
        lock.lock();
        try {
            return Optional.ofNullable(schemas.get(id));
        } finally {
            lock.unlock();
        }
    }

    /** @return whether the answer is of use for good: it is a schema, and no other had to be forgotten for it */
    private boolean remember(int id, Optional<Schema> schema) {
        if (schema.isEmpty()) {
            absences.happened(id);
            return false;
        }
        lock.lock();
        try {
            boolean full = schemas.size() >= MAX_REMEMBERED;
            schemas.put(id, schema.get());
            return !full;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Schema> ask(int id) {
        HttpResponse<Optional<byte[]>> answer = answer(id);
        int status = answer.statusCode();
        return switch (status) {
            case 200 -> answer.body().flatMap(SchemaRegistryClient::schema);
            case 404 -> Optional.empty();
            case 401, 407, 408, 425, 429 -> throw unavailable(status);
            default -> {
                // Moved or broken: somebody has to mend the registry or its configuration, and no message is to blame.
                // Refused: the number is to blame if another one is answered all the same.
                if (status / 100 != 4 || !stillAnswersAnother(id)) {
                    throw unavailable(status);
                }
                yield Optional.empty();
            }
        };
    }

    private boolean stillAnswersAnother(int id) {
        Optional<Integer> another;
        lock.lock();
        try {
            another = schemas.keySet().stream().filter(it -> it != id).findFirst();
        } finally {
            lock.unlock();
        }
        return another.isPresent() && answer(another.get()).statusCode() == 200;
    }

    private static NoAnswerException unavailable(int status) {
        return new NoAnswerException("the schema registry answered " + status);
    }

    private HttpResponse<Optional<byte[]>> answer(int id) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/schemas/ids/" + id))
                .header("accept", "application/vnd.schemaregistry.v1+json, application/json");
        authorization.ifPresent(value -> request.header("authorization", value));
        return answer(request.build());
    }

    /** The client's own timeout ends with the headers. */
    private HttpResponse<Optional<byte[]>> answer(HttpRequest request) {
        CompletableFuture<HttpResponse<Optional<byte[]>>> answer =
                http.sendAsync(request, _ -> new BoundedBody(MAX_SCHEMA_BYTES));
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new NoAnswerException("the schema registry did not answer in time", e);
        } catch (ExecutionException e) {
            throw new NoAnswerException("the schema registry cannot be reached", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new NoAnswerException("interrupted while asking the schema registry", e);
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
            throw new NoAnswerException("the schema registry's answer is no JSON", e);
        } catch (IOException | AvroRuntimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
