package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.intake.RunningIntake.NDJSON;
import static tocsin.tracker.intake.RunningIntake.event;

import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nobody's upload takes the memory or the places of the others. */
class UploadLimitsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static RunningIntake intake;

    @BeforeAll
    static void start() {
        intake = new RunningIntake();
    }

    @AfterAll
    static void stop() {
        intake.close();
    }

    @Test
    void refusesABodyThatIsTooLarge() throws Exception {
        // Given
        String blank = " ".repeat(1024 * 1024);
        BodyPublisher endless = BodyPublishers.ofByteArrays(
                IntStream.range(0, 70).mapToObj(_ -> blank.getBytes(US_ASCII)).toList());

        // When
        HttpResponse<String> answer = intake.send(intake.proxy("large"), NDJSON, endless);

        // Then
        assertEquals(413, answer.statusCode(), answer.body());
    }

    @Test
    void refusesMoreEventsThanABodyMayHave() throws Exception {
        // Given
        String lines = "{}\n".repeat(UploadController.MAX_EVENTS + 1);

        // When
        HttpResponse<String> answer = intake.post(NDJSON, lines);

        // Then
        assertEquals(413, answer.statusCode(), answer.body());
    }

    /** Each of a caller's slow uploads keeps a place, and there is none for more of them; the neighbours' are free. */
    @Test
    void aSenderOfSlowBodiesKeepsNobodyElseOut() throws Exception {
        // Given
        List<Socket> slow = new ArrayList<>();
        String token = intake.proxy("slow");
        for (int i = 0; i < 8; i++) {
            Socket client = intake.connect();
            client.getOutputStream()
                    .write("""
                    POST /v1/downloads HTTP/1.1\r
                    host: example.org\r
                    connection: close\r
                    content-type: %s\r
                    content-length: %d\r
                    authorization: Bearer %s\r
                    \r
                    {""".formatted(NDJSON, event("slow").length(), token).getBytes(UTF_8));
            slow.add(client);
        }
        await().atMost(LIMIT)
                .until(() -> intake.send(token, NDJSON, event("probe")).statusCode() == 429);

        // When
        HttpResponse<String> more = intake.send(token, NDJSON, event("refused"));
        HttpResponse<String> neighbour = intake.send(intake.proxy("other"), NDJSON, event("neighbour"));

        // Then
        assertEquals(429, more.statusCode());
        assertEquals(Optional.of("1"), more.headers().firstValue("retry-after"));
        assertEquals(202, neighbour.statusCode(), neighbour.body());
        for (Socket client : slow) {
            client.getOutputStream().write(event("slow").substring(1).getBytes(UTF_8));
            assertTrue(new String(client.getInputStream().readAllBytes(), UTF_8).startsWith("HTTP/1.1 202"));
            client.close();
        }
        assertEquals(202, intake.send(token, NDJSON, event("after")).statusCode());
    }

    /** A client that dies in the middle gives its place back. */
    @Test
    void aSenderThatDiesLeavesNothingBehind() throws Exception {
        String token = intake.proxy("dying");
        for (int i = 0; i < 20; i++) {
            // When
            try (Socket client = intake.connect()) {
                client.getOutputStream().write("""
                        POST /v1/downloads HTTP/1.1\r
                        host: example.org\r
                        content-type: %s\r
                        content-length: 1000\r
                        authorization: Bearer %s\r
                        \r
                        {""".formatted(NDJSON, token).getBytes(UTF_8));
            }
        }

        // Then
        await().atMost(LIMIT)
                .until(() -> intake.send(token, NDJSON, event("alive")).statusCode() == 202);
    }
}
