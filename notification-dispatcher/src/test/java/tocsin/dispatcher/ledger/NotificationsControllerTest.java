package tocsin.dispatcher.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;

class NotificationsControllerTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @ParameterizedTest
    @CsvSource({"acme, 200", "acme?limit=0, 400", "acme?limit=501, 400", "a~b, 404"})
    void answers(String orgAndLimit, int status) {
        // Given
        String org = orgAndLimit.replaceAll("\\?.*", "");
        String path = "/v1/orgs/" + org + "/notifications" + orgAndLimit.substring(org.length());

        // When / Then
        assertEquals(
                status, dispatcher.send("GET", path, dispatcher.owner(org), "").statusCode());
    }
}
