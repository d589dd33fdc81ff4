package tocsin.dispatcher.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.schemas.avro.Severity;

/** What is changed at one instance counts at once where another decides, which has decided by what was before. */
class ChangesCountAtEveryInstanceTest {

    private static RunningDispatcher deciding;
    private static RunningDispatcher changed;

    private final String org = RunningDispatcher.newOrg();

    @BeforeAll
    static void start() {
        deciding = RunningDispatcher.beside(Map.of());
        changed = deciding.another();
    }

    @AfterAll
    static void stop() {
        changed.close();
        deciding.close();
    }

    private void decide(Severity severity) {
        byte[] match = Samples.CODEC.encode(Samples.matched(
                        "org:" + org,
                        Samples.advisory()
                                .setPackageName("pkg-" + UUID.randomUUID())
                                .setSeverity(severity))
                .build());
        deciding.bean(MatchDispatch.class).dispatch(MatchReader.read(match), match, new LateRepository.Origin(0, 0));
    }

    private void change(String what, String body) {
        boolean settings = what.equals("breach-notifications");
        changed.ok("PUT", "/v1/orgs/" + org + "/" + what, settings ? changed.owner(org) : changed.admin(), body);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            breach-notifications | {}                              |
            entitlements         | {"guard":false,"webhooks":true} | suppressed guard_not_entitled
            entitlements         | {"guard":true,"webhooks":false} | suppressed webhooks_not_entitled
            """)
    void sendsNothingWhereItMayNotGoAnyMore(String what, String body, String end) {
        // Given
        String endpoint = deciding.withWebhook(org);
        decide(Severity.CRITICAL);

        // When
        change(what, body);
        decide(Severity.CRITICAL);

        // Then
        assertEquals(
                Stream.concat(Stream.of("pending -"), Stream.ofNullable(end))
                        .map(it -> "breach " + endpoint + " " + it)
                        .toList(),
                deciding.ledger(org));
    }

    @Test
    void sendsToADestinationThatIsSwitchedOn() {
        // Given
        String endpoint = deciding.withEndpoint(org);
        decide(Severity.CRITICAL);

        // When
        change("breach-notifications", "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"}}");
        changed.sinceLongAgo(org);
        decide(Severity.CRITICAL);

        // Then
        assertEquals(List.of("breach " + endpoint + " pending -"), deciding.ledger(org));
    }

    @Test
    void sendsNothingBelowTheFloor() {
        // Given
        String endpoint = deciding.withWebhook(org);
        decide(Severity.CRITICAL);

        // When
        change(
                "breach-notifications",
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint
                        + "\"},\"minimum_severity\":\"critical\"}");
        decide(Severity.HIGH);

        // Then
        assertEquals(
                List.of("breach " + endpoint + " pending -", "breach " + endpoint + " suppressed below_severity_floor"),
                deciding.ledger(org));
    }
}
