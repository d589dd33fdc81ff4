package tocsin.dispatcher.events;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventTypesTest {

    private static final EventTypes TYPES = new EventTypes();

    static Stream<EventType> all() {
        return TYPES.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyTypeHasASentenceAndAnExampleThatItsSchemaTakes(EventType type) {
        assertEquals(type.name(), type.schema().path("title").asText());
        assertEquals('.', type.description().charAt(type.description().length() - 1));
        assertEquals(List.of(), type.problems(type.example()));
    }

    /** A schema that takes anything would find no fault in a payload. */
    @ParameterizedTest
    @MethodSource("all")
    void everySchemaNeedsSomething(EventType type) {
        JsonNode nothing = StrictJson.read("{}", "nothing");

        // What only one form of it needs stands apart.
        int needed = type.schema().path("required").size()
                + type.schema().path("else").path("required").size();
        assertEquals(needed, type.problems(nothing).size());
    }

    @Test
    void refusesWhatNobodyKnowsWithTheListOfWhatThereIs() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> TYPES.check("member.promoted", "{}"));

        assertEquals(
                "the type is none of secret.detected, policy.violated, key.revoked, member.joined, member.removed, "
                        + "api.workflow_run.exited, webhook.endpoint_disabled",
                refused.getMessage());
    }

    /** Nobody but Tocsin says that a breach happened. */
    @ParameterizedTest
    @CsvSource({"guard.malicious_package_detected", "guard.advisory_withdrawn", "webhook.test"})
    void takesNoneOfItsOwnFromOthers(String type) {
        assertThrows(IllegalArgumentException.class, () -> TYPES.check(type, "{}"));
    }

    @Test
    void saysWhereDataDiffersWithoutRepeatingIt() {
        String data = "{\"key_prefix\":7,\"key_name\":\"secret-looking\"}";

        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> TYPES.check("key.revoked", data));

        assertEquals(
                "data is not as the schema of key.revoked says: /key_prefix fails type;  fails required revoked_by",
                refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            secret.detected | {"request_id":"req_d4e5f6","secret_type":"aws_access_key","action":"tokenized"}
            secret.detected | {"request_id":"req_d4e5f6","secret_type":"aws_access_key","action":"tokenized","filename":"config.ts"}
            policy.violated | {"request_id":"req_g7h8i9","policy_id":"pol_j1k2l3","policy_name":"block-production-secrets","action":"blocked"}
            key.revoked     | {"key_prefix":"tk_live_a1b2","key_name":"ci-pipeline","revoked_by":"user_m4n5o6"}
            member.joined   | {"user_id":"user_p7q8r9","email":"dev@example.com","role":"MEMBER"}
            member.removed  | {"user_id":"user_p7q8r9","email":"dev@example.com","removed_by":"user_s1t2u3"}
            api.workflow_run.exited | {"workflow_id":"whitebox-assessment","workflow_run_id":"TWR1"}
            """)
    void takesWhatTheDocumentsShow(String type, String data) {
        assertDoesNotThrow(() -> TYPES.check(type, data));
    }
}
