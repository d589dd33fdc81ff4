package tocsin.dispatcher.ledger;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;

class NotificationsControllerTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();

    @ParameterizedTest
    @CsvSource({
        "acme, 200",
        "acme?limit=0, 400",
        "acme?limit=501, 400",
        "acme?state=lost, 400",
        "acme?kind=nothing, 400",
        "acme?package=example-pkg, 400",
        "acme?ecosystem=npm, 400",
        "acme?ecosystem=cargo&package=x, 400",
        "acme?since=yesterday, 400",
        "acme?until=-2026-04-15T08:30:00Z, 400",
        "acme?since=2026-04-15T08:30:00Z&until=2026-04-15T08:30:00Z, 400",
        "acme?cursor=x, 400",
        "acme?advisory=%00, 400",
        "a~b, 404"
    })
    void answers(String orgAndLimit, int status) {
        // Given
        String caller = orgAndLimit.replaceAll("\\?.*", "");
        String path = "/v1/orgs/" + caller + "/notifications" + orgAndLimit.substring(caller.length());

        // When / Then
        assertEquals(
                status,
                dispatcher.send("GET", path, dispatcher.owner(caller), "").statusCode());
    }

    private List<String> packages(String query) {
        String answer = dispatcher.ok("GET", "/v1/orgs/" + org + "/notifications" + query, dispatcher.owner(org), "");
        return Pattern.compile("\"subject\":\"npm:([^ ]+) ")
                .matcher(answer)
                .results()
                .map(it -> it.group(1))
                .toList();
    }

    private void tell(String name, String advisory, String... aliases) {
        dispatcher.match(Samples.matched(
                "org:" + org,
                Samples.advisory().setPackageName(name).setAdvisoryId(advisory).setAliases(List.of(aliases)),
                List.of(Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1")))));
    }

    @Test
    void findsByStateKindPackageAdvisoryAndTime() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        tell("first", "GHSA-0000-0000-0001-" + org, "MAL-2026-1-" + org);
        dispatcher.awaitWebhooks(org, 1);
        tell("second", "GHSA-0000-0000-0002-" + org);
        WebhookRequested second = dispatcher.awaitWebhooks(org, 2).get(1);
        dispatcher.settle(second, DeliveryOutcome.DELIVERED);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> packages("?state=delivered").size() == 1);

        // When / Then
        assertEquals(List.of("second", "first"), packages(""));
        assertEquals(List.of("first"), packages("?state=pending"));
        assertEquals(List.of("second"), packages("?state=delivered"));
        assertEquals(List.of("second", "first"), packages("?kind=breach"));
        assertEquals(List.of(), packages("?kind=withdrawn"));
        assertEquals(List.of("first"), packages("?ecosystem=npm&package=first"));
        assertEquals(List.of("first"), packages("?advisory=MAL-2026-1-" + org));
        assertEquals(List.of("second"), packages("?advisory=GHSA-0000-0000-0002-" + org));
        assertEquals(List.of("second", "first"), packages("?since=2020-01-01T00:00:00Z"));
        assertEquals(List.of(), packages("?until=2020-01-01T00:00:00Z"));
        assertEquals(endpoint, second.getEndpointId());
    }

    @Test
    void pagesThroughAllOnceEach() {
        // Given
        dispatcher.withWebhook(org);
        List<String> told = List.of("p1", "p2", "p3", "p4", "p5");
        told.forEach(name -> tell(name, "GHSA-" + name + "-" + org));
        dispatcher.awaitWebhooks(org, 5);

        // When
        List<String> found = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            String answer = dispatcher.ok(
                    "GET", "/v1/orgs/" + org + "/notifications?limit=2" + cursor, dispatcher.owner(org), "");
            found.addAll(packages("?limit=2" + cursor));
            Matcher next = Pattern.compile("\"next_cursor\":\"([^\"]+)\"").matcher(answer);
            cursor = next.find() ? "&cursor=" + next.group(1) : "";
            pages++;
        } while (!cursor.isEmpty());

        // Then
        assertEquals(told, found.reversed());
        assertEquals(3, pages);
    }
}
