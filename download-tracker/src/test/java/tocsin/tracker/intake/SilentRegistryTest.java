package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.DownloadObserved;

/** How often a registry is asked that gives no answer. */
class SilentRegistryTest {

    private static final Duration FOR_EVER = Duration.ofDays(1);
    private static final Schema SCHEMA = DownloadObserved.getClassSchema();

    private final List<String> asked = new CopyOnWriteArrayList<>();
    /** What a number is answered with; 200 if nothing stands here. */
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();

    private HttpServer server;
    private SchemaRegistryClient client;
    private WriterSchemas hurried;
    private WriterSchemas waiting;

    @BeforeEach
    void startRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = client(new VainTime(FOR_EVER, 1, System.nanoTime()));
        hurried = client.leftAloneFor(FOR_EVER);
        waiting = client.eachLeftAloneFor(FOR_EVER);
    }

    private SchemaRegistryClient client(VainTime vain) {
        return new SchemaRegistryClient(
                new SchemaRegistryConfiguration(
                        "http://127.0.0.1:" + server.getAddress().getPort(), "", ""),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                vain);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        int number = Integer.parseInt(path.substring("/schemas/ids/".length()));
        byte[] body = new ObjectMapper()
                .writeValueAsString(Map.of("schema", SCHEMA.toString()))
                .getBytes(UTF_8);
        exchange.sendResponseHeaders(statuses.getOrDefault(number, 200), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stopRegistry() {
        client.close();
        server.stop(0);
    }

    @Test
    void isAskedOnceByWhoIsInAHurryWhateverTheNumber() {
        // Given
        hurried.find(6);
        statuses.put(7, 503);
        silent(hurried, 7);

        // Then
        silent(hurried, 7);
        silent(hurried, 8);
        assertFalse(hurried.mayTell(8));
        assertEquals(List.of("/schemas/ids/6", "/schemas/ids/7"), asked);
        assertEquals(Optional.of(SCHEMA), hurried.find(6));
        assertTrue(hurried.mayTell(6));
    }

    @Test
    void isAskedAgainByAllOnceItAnsweredOneThatWaits() {
        // Given
        statuses.put(7, 503);
        silent(hurried, 7);

        // When
        waiting.find(8);

        // Then
        assertEquals(Optional.of(SCHEMA), hurried.find(9));
    }

    @Test
    void hidesNoOtherNumberFromWhoWaits() {
        // Given
        statuses.put(7, 503);

        // When
        silent(waiting, 7);

        // Then
        silent(waiting, 7);
        assertFalse(waiting.mayTell(7));
        assertTrue(waiting.mayTell(8));
        assertEquals(Optional.of(SCHEMA), waiting.find(8));
        assertEquals(List.of("/schemas/ids/7", "/schemas/ids/8"), asked);
    }

    @Test
    void makesThemWaitAndBlamesNoneOnceItsSilenceTookTooMuchTime() {
        // Given
        try (SchemaRegistryClient thrifty =
                client(new VainTime(Duration.ofNanos(1), Integer.MAX_VALUE, System.nanoTime()))) {
            statuses.put(7, 503);
            silent(thrifty, 7);

            // Then
            silent(thrifty, 8);
            assertFalse(thrifty.eachLeftAloneFor(Duration.ZERO).mayTell(8));
            assertEquals(List.of("/schemas/ids/7"), asked);
        }
    }

    private static void silent(WriterSchemas schemas, int number) {
        assertEquals(
                number,
                assertThrows(RegistryUnavailableException.class, () -> schemas.find(number))
                        .schemaId());
    }
}
