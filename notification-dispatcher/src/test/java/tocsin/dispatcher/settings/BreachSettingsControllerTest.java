package tocsin.dispatcher.settings;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.Topics;

class BreachSettingsControllerTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String path = "/v1/orgs/" + org + "/breach-notifications";

    @Test
    void isOffAtFirst() {
        // When / Then
        assertEquals(
                "{\"webhook\":{\"enabled\":false},\"email\":{\"enabled\":false,\"language\":\"en\"}}",
                dispatcher.ok("GET", path, dispatcher.owner(org), ""));
    }

    @Test
    void keepsTheTimeOfTheFirstSaveUntilTheDestinationChanges() {
        // Given
        String endpoint = dispatcher.withEndpoint(org);
        String other = dispatcher.withEndpoint(org);
        String saved = put(endpoint);

        // When
        String again = dispatcher.ok("PUT", path, dispatcher.owner(org), saved);
        String changed = put(other);

        // Then
        assertTrue(saved.contains("\"saved_at\":\""), saved);
        assertEquals(saved, again);
        assertEquals(changed, dispatcher.ok("GET", path, dispatcher.owner(org), ""));
        assertTrue(!changed.substring(changed.indexOf("saved_at")).equals(saved.substring(saved.indexOf("saved_at"))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesTheEndpointOfAnotherOrganisationAsIfThereWereNone(boolean enabled) {
        // Given one that its own organisation has chosen
        String foreign = dispatcher.withWebhook(RunningDispatcher.newOrg());
        String body = "{\"webhook\":{\"enabled\":" + enabled + ",\"endpoint_id\":\"%s\"}}";

        // When
        HttpResponse<String> anothers = tryPut(body.formatted(foreign));
        HttpResponse<String> none = tryPut(body.formatted("WHnone"));

        // Then
        assertEquals(422, anothers.statusCode());
        assertEquals(none.body(), anothers.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"webhook\":{\"enabled\":true}}",
                "{\"webhook\":{}}",
                "{\"email\":{\"enabled\":true}}",
                "{\"email\":{\"enabled\":true,\"address\":\"nobody@example.com\"}}",
                "{\"email\":{\"enabled\":false,\"language\":\"fr\"}}",
            })
    void refusesWhatCannotWork(String body) {
        // When / Then
        assertEquals(422, tryPut(body).statusCode());
    }

    /** Else it would be off, as what is absent is, and nobody would know. */
    @Test
    void refusesADestinationByAnotherName() {
        // Then
        HttpResponse<String> answer = tryPut("{\"webhook\":{\"enabled\":false},\"e_mail\":{\"enabled\":true}}");
        assertEquals(400, answer.statusCode(), answer.body());
    }

    @Test
    void choosesTheConfirmedSpellingOfAnAddress() {
        // Given
        String address = dispatcher.withMail(org, "en");
        String before = dispatcher.ok("GET", path, dispatcher.owner(org), "");

        // When
        String after = dispatcher.ok(
                "PUT",
                path,
                dispatcher.owner(org),
                "{\"email\":{\"enabled\":true,\"address\":\"" + address.toUpperCase(Locale.ROOT)
                        + "\",\"language\":\"en\"}}");

        // Then neither the mailbox nor the time from which downloads count has moved
        assertTrue(before.contains("\"address\":\"" + address + "\""), before);
        assertEquals(before, after);
    }

    @Test
    void takesWhatItShowsAlsoWhereTheEndpointWasDeletedSince() {
        // Given one that was switched off, and then deleted
        String endpoint = dispatcher.withEndpoint(org);
        put(endpoint);
        String off = dispatcher.ok(
                "PUT",
                path,
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":false,\"endpoint_id\":\"" + endpoint + "\"}}");
        dispatcher.remove(Topics.WEBHOOK_ENDPOINT.name(), endpoint);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> !dispatcher.bean(EndpointDirectory.class).has(org, endpoint));

        // When
        HttpResponse<String> again = tryPut(off);
        HttpResponse<String> on = tryPut(off.replaceFirst("false", "true"));

        // Then it can be sent back, and not be switched on
        assertEquals(200, again.statusCode());
        assertEquals(off, again.body());
        assertEquals(422, on.statusCode());
    }

    private String put(String endpoint) {
        return dispatcher.ok(
                "PUT",
                path,
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"}}");
    }

    private HttpResponse<String> tryPut(String body) {
        return dispatcher.send("PUT", path, dispatcher.owner(org), body);
    }
}
