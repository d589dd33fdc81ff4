package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.tracker.Samples;
import tocsin.tracker.intake.Reading.Observed;
import tocsin.tracker.intake.Reading.Unreadable;

/** Messages in Confluent's framing, read with schemas of a registry that is good, bad or away. */
class SchemaRegistryClientTest {

    private static final Instant RECEIVED_AT = Samples.FETCHED_AT.plusSeconds(2);
    private static final int KNOWN = 7;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile String body = registered(DownloadObserved.getClassSchema().toString());
    private volatile boolean silent;
    /** A number that gets an answer of its own. */
    private volatile int odd = -1;

    private volatile int oddStatus = 200;
    private HttpServer server;
    private SchemaRegistryClient client;

    @BeforeEach
    void startRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        client = client(Duration.ofSeconds(5), Duration.ofHours(1));
    }

    private SchemaRegistryClient client(Duration deadline, Duration absence) {
        return new SchemaRegistryClient(registry(), deadline, absence);
    }

    private SchemaRegistryClient client(Duration deadline, Duration absence, VainTime vain) {
        return new SchemaRegistryClient(registry(), deadline, absence, vain);
    }

    private SchemaRegistryConfiguration registry() {
        return new SchemaRegistryConfiguration(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/", "ann", "sesame");
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("authorization"));
        boolean isOdd = exchange.getRequestURI().getPath().equals("/schemas/ids/" + odd);
        if (silent && (odd < 0 || isOdd)) {
            exchange.sendResponseHeaders(200, 100_000);
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(isOdd ? oddStatus : status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    @AfterEach
    void stopRegistry() {
        over.countDown();
        client.close();
        server.stop(0);
    }

    @Test
    void readsAMessageByItsWritersSchemaAndAsksOnce() {
        // Given
        ObservationReader reader = new ObservationReader(client);

        // When
        Reading first = reader.read(framed(KNOWN), RECEIVED_AT);
        Reading second = reader.read(framed(KNOWN), RECEIVED_AT);

        // Then
        assertEquals(reader.read(Samples.encoded(Samples.observed()), RECEIVED_AT), first);
        assertEquals(first, second);
        assertEquals(List.of("/schemas/ids/7 Basic YW5uOnNlc2FtZQ=="), asked);
    }

    @Test
    void refusesANumberThatTheRegistryDoesNotKnow() {
        // Given
        status = 404;

        // When
        Reading reading = new ObservationReader(client).read(framed(KNOWN), RECEIVED_AT);

        // Then
        assertEquals(new Unreadable("the schema registry has no Avro schema of this number"), reading);
    }

    @Test
    void asksAgainAfterAWhileForWhatWasNotThere() {
        // Given
        ObservationReader reader = new ObservationReader(client(Duration.ofSeconds(5), Duration.ZERO));
        status = 404;
        reader.read(framed(KNOWN), RECEIVED_AT);
        status = 200;

        // When
        Reading reading = reader.read(framed(KNOWN), RECEIVED_AT);

        // Then
        assertInstanceOf(Observed.class, reading);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 401, 403, 429, 500, 503})
    void decidesNothingWhileTheRegistryGivesNoAnswer(int failure) {
        // Given
        status = failure;
        ObservationReader reader = new ObservationReader(client);

        // Then
        assertThrows(RegistryUnavailableException.class, () -> reader.read(framed(KNOWN), RECEIVED_AT));
        status = 200;
        assertInstanceOf(Observed.class, reader.read(framed(KNOWN), RECEIVED_AT));
    }

    /** Such as a number of a subject that the tracker may not read. */
    @ParameterizedTest
    @ValueSource(ints = {400, 403, 422})
    void blamesANumberThatIsRefusedWhileAnotherIsAnswered(int refusal) {
        // Given
        ObservationReader reader = new ObservationReader(client);
        reader.read(framed(KNOWN), RECEIVED_AT);
        odd = 8;
        oddStatus = refusal;

        // When
        Reading reading = reader.read(framed(odd), RECEIVED_AT);

        // Then
        assertEquals(new Unreadable("the schema registry has no Avro schema of this number"), reading);
        status = refusal;
        assertThrows(RegistryUnavailableException.class, () -> reader.read(framed(9), RECEIVED_AT));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 500})
    void blamesNoNumberForARegistryThatIsBusyOrShut(int failure) {
        // Given
        ObservationReader reader = new ObservationReader(client);
        reader.read(framed(KNOWN), RECEIVED_AT);
        odd = 8;
        oddStatus = failure;

        // Then
        assertThrows(RegistryUnavailableException.class, () -> reader.read(framed(odd), RECEIVED_AT));
    }

    @Test
    void isNotHeldUpForLongByNumbersThatNobodyKnows() {
        // Given
        VainTime little = new VainTime(Duration.ofMillis(50), Integer.MAX_VALUE, System.nanoTime());
        try (SchemaRegistryClient thrifty = client(Duration.ofSeconds(5), Duration.ofHours(1), little)) {
            ObservationReader reader = new ObservationReader(thrifty);
            reader.read(framed(KNOWN), RECEIVED_AT);
            status = 404;

            // When
            Reading first = reader.read(framed(1_000), RECEIVED_AT);
            RegistryUnavailableException untold = null;
            for (int number = 1_001; untold == null && number < 6_000; number++) {
                try {
                    reader.read(framed(number), RECEIVED_AT);
                } catch (RegistryUnavailableException e) {
                    untold = e;
                }
            }

            // Then
            assertEquals(new Unreadable("the schema registry has no Avro schema of this number"), first);
            assertNotNull(untold);
            status = 200;
            int before = asked.size();
            for (int number = 6_000; number < 11_000; number++) {
                byte[] perhapsGood = framed(number);
                assertThrows(RegistryUnavailableException.class, () -> reader.read(perhapsGood, RECEIVED_AT));
            }
            assertEquals(before, asked.size());
            assertInstanceOf(Observed.class, reader.read(framed(KNOWN), RECEIVED_AT));
        }
    }

    @Test
    void readsWhatItKnowsWhileAnotherNumberGetsNoAnswer() throws InterruptedException {
        // Given
        ObservationReader reader = new ObservationReader(client);
        reader.read(framed(KNOWN), RECEIVED_AT);
        odd = 8;
        silent = true;
        Thread waiting = Thread.ofVirtual()
                .start(() ->
                        assertThrows(RegistryUnavailableException.class, () -> reader.read(framed(odd), RECEIVED_AT)));
        await().until(() -> asked.size() == 2);

        // When
        Reading reading = assertTimeout(Duration.ofSeconds(3), () -> reader.read(framed(KNOWN), RECEIVED_AT));

        // Then
        assertInstanceOf(Observed.class, reading);
        over.countDown();
        assertTrue(waiting.join(Duration.ofSeconds(10)));
    }

    @Test
    void waitsForNoAnswerLongerThanItsDeadline() {
        // Given
        silent = true;
        ObservationReader reader = new ObservationReader(client(Duration.ofMillis(200), Duration.ofHours(1)));

        // Then
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThrows(RegistryUnavailableException.class, () -> reader.read(framed(KNOWN), RECEIVED_AT)));
    }

    @Test
    void keepsNoSchemaThatIsTooLargeAndWaitsForNoOtherAnswer() {
        // Given
        body = registered(documented(SchemaRegistryClient.MAX_SCHEMA_BYTES));

        // When
        Reading reading = new ObservationReader(client).read(framed(KNOWN), RECEIVED_AT);

        // Then
        assertEquals(new Unreadable("the schema registry has no Avro schema of this number"), reading);
    }

    @Test
    void readsALongSchema() {
        // Given
        body = registered(documented(SchemaRegistryClient.MAX_SCHEMA_BYTES / 2));

        // When
        Reading reading = new ObservationReader(client).read(framed(KNOWN), RECEIVED_AT);

        // Then
        assertInstanceOf(Observed.class, reading);
    }

    private static String documented(int length) {
        String schema = DownloadObserved.getClassSchema().toString();
        return schema.replaceFirst("\"doc\":\"", "\"doc\":\"" + "x".repeat(length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schema\": \"\\\"string\\\"\"}",
                "{\"schema\": \"{}\"}",
                "{\"schema\": \"message a {}\", \"schemaType\": \"PROTOBUF\"}",
                "{}"
            })
    void refusesAMessageOfAnotherSchema(String registered) {
        // Given
        body = registered;

        // Then
        assertInstanceOf(Unreadable.class, new ObservationReader(client).read(framed(KNOWN), RECEIVED_AT));
    }

    @Test
    void refusesAFrameThatWasCutOff() {
        // Given
        ObservationReader reader = new ObservationReader(client);
        byte[] whole = framed(KNOWN);

        for (int length = 1; length < whole.length; length++) {
            // Then
            assertInstanceOf(Unreadable.class, reader.read(Arrays.copyOf(whole, length), RECEIVED_AT), "at " + length);
        }
    }

    @Test
    void asksForNoNumberBelowZero() {
        // When
        Reading reading = new ObservationReader(client).read(framed(-1), RECEIVED_AT);

        // Then
        assertInstanceOf(Unreadable.class, reading);
        assertEquals(List.of(), asked);
    }

    @Test
    void readsNoFrameWithoutARegistry() {
        assertInstanceOf(Unreadable.class, new ObservationReader().read(framed(KNOWN), RECEIVED_AT));
    }

    /** The body after the ten bytes of single-object encoding is the same. */
    private static byte[] framed(int id) {
        byte[] single = Samples.encoded(Samples.observed());
        return ByteBuffer.allocate(5 + single.length - 10)
                .put((byte) 0)
                .putInt(id)
                .put(single, 10, single.length - 10)
                .array();
    }

    private static String registered(String schema) {
        try {
            return new ObjectMapper().writeValueAsString(Map.of("schema", schema));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
