package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;

class EndpointOwnersTest {

    private final EndpointOwners owners = new EndpointOwners();

    private static byte[] request(String org) {
        return SenderService.encoded(
                SenderService.request(new Registered(org, "WH1", "")).build());
    }

    @Test
    void knowsAnEndpointsOrganisationByItsFirstRequest() {
        // When
        String first = owners.of("WH1".getBytes(UTF_8), request("org-1"));

        // Then
        assertEquals("org-1", first);
        assertEquals("org-1", owners.of("WH1".getBytes(UTF_8), new byte[] {1}));
        assertEquals("org-2", owners.of("WH2".getBytes(UTF_8), request("org-2")));
    }

    @Test
    void remembersNothingOfWhatNobodyCanRead() {
        // When
        String unreadable = owners.of("WH1".getBytes(UTF_8), new byte[] {1});

        // Then
        assertEquals("", unreadable);
        assertEquals("org-1", owners.of("WH1".getBytes(UTF_8), request("org-1")));
    }
}
