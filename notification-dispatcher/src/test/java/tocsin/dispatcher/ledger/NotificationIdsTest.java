package tocsin.dispatcher.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class NotificationIdsTest {

    private static final UUID MATCH = UUID.fromString("00000000-0000-4000-8000-000000000001");

    /** RFC 9562, appendix A.4: the version 5 UUID of www.example.com in the DNS namespace. */
    @Test
    void isTheUuidOfTheStandard() {
        // When
        UUID uuid = NameUuid.of(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com");

        // Then
        assertEquals(UUID.fromString("2ed6657d-e927-568b-95e1-2665a8aea6a2"), uuid);
    }

    @Test
    void givesEachEndpointItsOwnWebhookIdWithoutADot() {
        // Given
        UUID notification = NotificationIds.ofMatch(MATCH);

        // When
        String one = NotificationIds.webhookId(notification, "WH1");

        // Then
        assertEquals(one, NotificationIds.webhookId(notification, "WH1"));
        assertNotEquals(one, NotificationIds.webhookId(notification, "WH2"));
        assertFalse(one.contains("."), one);
    }

    @Test
    void tellsEventsOfTwoOrganisationsApart() {
        // When / Then
        assertNotEquals(NotificationIds.ofEvent("a", "1"), NotificationIds.ofEvent("b", "1"));
    }
}
