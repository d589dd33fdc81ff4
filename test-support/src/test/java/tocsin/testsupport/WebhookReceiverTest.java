package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookReceiverTest {

    private static final LocalAuthority AUTHORITY = LocalAuthority.create();

    private final MovableClock clock = MovableClock.at("2026-01-01T00:00:00Z");
    private final HttpClient client =
            HttpClient.newBuilder().sslContext(AUTHORITY.clientContext()).build();
    private final WebhookReceiver receiver = WebhookReceiver.answering(
            AUTHORITY,
            clock,
            0,
            List.of(Answer.of(503).header("Retry-After", "7").content("later"), Answer.of(204)));

    @AfterEach
    void close() {
        client.close();
        receiver.close();
    }

    @Test
    void answersInTurnAndRepeatsTheLast() throws Exception {
        // When
        List<Integer> statuses = List.of(
                post("a").statusCode(), post("b").statusCode(), post("c").statusCode());

        // Then
        assertEquals(List.of(503, 204, 204), statuses);
    }

    @Test
    void sendsTheHeadersAndContentOfTheScript() throws Exception {
        // When
        HttpResponse<String> answer = post("a");

        // Then
        assertEquals(Optional.of("7"), answer.headers().firstValue("retry-after"));
        assertEquals("later", answer.body());
    }

    @Test
    void keepsTheVeryBytesAndWhenTheyCame() throws Exception {
        // Given
        byte[] body = {0, (byte) 0xff, '{', '\r', '\n'};
        clock.advance(Duration.ofSeconds(5));

        // When
        var _ = client.send(
                HttpRequest.newBuilder(URI.create(receiver.url() + "?q=1"))
                        .header("Webhook-Id", "msg_1")
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.discarding());

        // Then
        ReceivedRequest request = receiver.received().getFirst();
        request.body()[0] = 9;
        assertArrayEquals(body, request.body());
        assertEquals("POST", request.method());
        assertEquals("/hook?q=1", request.path());
        assertEquals(Optional.of("msg_1"), request.header("webhook-id"));
        assertEquals(Instant.parse("2026-01-01T00:00:05Z"), request.receivedAt());
    }

    @Test
    void changesItsScriptWhileRunning() throws Exception {
        // Given
        int first = post("a").statusCode();

        // When
        receiver.answerWith(410);

        // Then
        assertEquals(List.of(503, 410), List.of(first, post("b").statusCode()));
    }

    @Test
    void holdsItsAnswersUntilReleased() throws Exception {
        // Given
        receiver.answerWith(200);
        receiver.hold();

        // When
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request("a"), BodyHandlers.discarding());
        receiver.awaitRequests(1, Duration.ofSeconds(10));

        // Then
        assertFalse(answer.isDone());
        receiver.release();
        assertEquals(200, answer.get(10, TimeUnit.SECONDS).statusCode());
    }

    @Test
    void takesManyAtOnce() {
        // Given
        receiver.answerWith(200);

        // When
        List<CompletableFuture<HttpResponse<Void>>> answers = IntStream.range(0, 200)
                .mapToObj(i -> client.sendAsync(request("n" + i), BodyHandlers.discarding()))
                .toList();
        answers.forEach(CompletableFuture::join);

        // Then
        assertEquals(
                200,
                receiver.received().stream()
                        .map(ReceivedRequest::bodyText)
                        .distinct()
                        .count());
    }

    @Test
    void isRefusedByWhoeverDoesNotTrustItsAuthority() {
        // When
        try (HttpClient stranger = HttpClient.newHttpClient()) {

            // Then
            assertThrows(SSLHandshakeException.class, () -> stranger.send(request("a"), BodyHandlers.discarding()));
        }
        assertEquals(List.of(), receiver.received());
    }

    @Test
    void saysHowManyAreMissing() throws Exception {
        // Given
        post("a");

        // When
        AssertionError late =
                assertThrows(AssertionError.class, () -> receiver.awaitRequests(2, Duration.ofMillis(50)));

        // Then
        assertEquals("received 1 of 2 webhooks after PT0.05S", late.getMessage());
    }

    private HttpResponse<String> post(String body) throws Exception {
        return client.send(request(body), BodyHandlers.ofString());
    }

    private HttpRequest request(String body) {
        return HttpRequest.newBuilder(URI.create(receiver.url()))
                .POST(BodyPublishers.ofString(body))
                .build();
    }
}
