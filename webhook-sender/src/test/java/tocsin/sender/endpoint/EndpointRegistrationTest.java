package tocsin.sender.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.endpointsOf;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;

class EndpointRegistrationTest {

    private static final String URL = "https://hooks.example.com/tocsin";

    private final SenderService sender = SenderService.shared();

    @Test
    void registersAnEndpointAndShowsItsSecretInThisAnswer() {
        // Given
        String org = sender.entitledOrg();

        // When
        HttpResponse<String> answer = sender.call("POST", endpointsOf(org), """
                {"url": "https://hooks.example.com/tocsin", "description": "On-call", "event_types": ["api.workflow_run.exited"]}""");

        // Then
        assertEquals(201, answer.statusCode(), answer.body());
        assertEquals(Optional.of("no-store"), answer.headers().firstValue("cache-control"));
        JsonNode endpoint = json(answer);
        assertTrue(endpoint.get("id").asText().matches("WH[A-Z2-7]{26}"), answer.body());
        assertTrue(endpoint.get("secret").asText().matches("whsec_[A-Za-z0-9+/]{43}="), answer.body());
        assertEquals(URL, endpoint.get("url").asText());
        assertEquals("On-call", endpoint.get("description").asText());
        assertEquals(
                "[\"api.workflow_run.exited\"]", endpoint.get("event_types").toString());
        assertEquals("enabled", endpoint.get("status").asText());
        assertTrue(endpoint.get("created_at").asText().matches("\\d{4}-.*Z"), answer.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"url\":\"http://example.com/\"} | 422 | https://",
                "{\"url\":\"https://10.0.0.1/\"} | 422 | private",
                "{\"url\":\"https://user:pw@example.com/\"} | 422 | credentials",
                "{\"url\":\"https://example.com/\",\"event_types\":[\"a b\"]} | 422 | event type",
                "{\"url\":\"https://example.com/\",\"event_types\":[\"\"]} | 422 | event type",
                "{\"url\":\"https://example.com/\",\"event_types\":[\"a\",null]} | 400 | null",
                "{\"url\":\"https://example.com/\",\"description\":\"a\\u0000b\"} | 422 | control characters",
                "{\"description\":\"no url\"} | 400 | url",
                "[] | 400 | ''",
                "{ | 400 | ''",
            })
    void refusesWhatCannotBeRegisteredAndSaysWhy(String body, int status, String why) {
        // When
        HttpResponse<String> answer = sender.call("POST", endpointsOf(sender.entitledOrg()), body);

        // Then
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(json(answer).path("detail").asText().contains(why), answer.body());
        assertTrue(answer.headers().firstValue("content-type").orElse("").contains("problem+json"));
    }

    @Test
    void refusesDescriptionsThatAreTooLong() {
        // Given
        String body = "{\"url\":\"https://example.com/\",\"description\":\"" + "a".repeat(501) + "\"}";

        // Then
        assertEquals(
                422,
                sender.call("POST", endpointsOf(sender.entitledOrg()), body).statusCode());
    }

    @Test
    void refusesToRegisterWithoutTheEntitlementAndSaysWhy() {
        // When
        HttpResponse<String> answer = sender.call("POST", endpointsOf(newOrg()), "{\"url\":\"" + URL + "\"}");

        // Then
        assertEquals(403, answer.statusCode(), answer.body());
        assertEquals(
                "The organisation is not entitled to webhooks.",
                json(answer).path("detail").asText());
    }

    @Test
    void leavesAllButRegisteringToWhoeverLosesTheEntitlement() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);

        // When
        sender.entitle(endpoint.org(), false);
        sender.awaitRefused(endpoint.org());

        // Then
        for (String route : List.of(
                "GET ",
                "PATCH ",
                "GET /deliveries",
                "POST /test",
                "POST /rotate-secret",
                "POST /disable",
                "POST /enable")) {
            String[] asked = route.split(" ", 2);
            assertEquals(
                    200, sender.call(asked[0], endpoint.path() + asked[1], "{}").statusCode(), route);
        }
        assertEquals(204, sender.call("DELETE", endpoint.path(), "").statusCode());
    }

    @Test
    void registersNoMoreThanAnOrganisationNeedsHoweverManyAskAtOnce() throws Exception {
        // Given
        String org = newOrg();
        int atOnce = 16;
        CyclicBarrier together = new CyclicBarrier(atOnce);
        List<Future<Integer>> statuses = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (int i = 0; i < EndpointRegistry.MOST_PER_ORGANISATION - 1; i++) {
                threads.execute(() -> sender.register(org, URL));
            }
        }

        // When: all but one of them count while the last place is free
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (int i = 0; i < atOnce; i++) {
                statuses.add(threads.submit(() -> {
                    together.await();
                    return sender.call("POST", endpointsOf(org), "{\"url\":\"" + URL + "\"}")
                            .statusCode();
                }));
            }
        }

        // Then
        List<Integer> answered = new ArrayList<>();
        for (Future<Integer> status : statuses) {
            answered.add(status.get());
        }
        Collections.sort(answered);
        List<Integer> expected = new ArrayList<>(Collections.nCopies(atOnce, 409));
        expected.set(0, 201);
        assertEquals(expected, answered);
    }
}
