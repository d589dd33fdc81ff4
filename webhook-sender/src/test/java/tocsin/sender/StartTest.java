package tocsin.sender;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartTest {

    private static String refusal(Map<String, Object> settings) {
        RuntimeException refusal = assertThrows(
                RuntimeException.class, () -> ApplicationContext.run(settings).close());
        StringBuilder all = new StringBuilder();
        for (Throwable e = refusal; e != null; e = e.getCause()) {
            all.append(e.getMessage()).append('\n');
        }
        return all.toString();
    }

    @Test
    void doesNotStartWithoutKeysForTheSecrets() {
        // Given
        Map<String, Object> settings = SenderService.shared().copyOfSettings();
        settings.remove("tocsin.secrets.keyset");

        // When
        String refusal = refusal(settings);

        // Then
        assertTrue(refusal.contains("tocsin.secrets.keyset or tocsin.secrets.keyset-file is not set"), refusal);
    }

    @Test
    void doesNotStartWithKeysThatAreNoneAndDoesNotRepeatThem() {
        // Given
        Map<String, Object> settings = SenderService.shared().copyOfSettings();
        settings.put("tocsin.secrets.keyset", "{\"key\":\"almost\"}");

        // When
        String refusal = refusal(settings);

        // Then
        assertTrue(refusal.contains("not a Tink keyset"), refusal);
        assertFalse(refusal.contains("almost"), refusal);
    }

    @Test
    void doesNotStartWithTheWrongNumberOfWaits() {
        // Given
        Map<String, Object> settings = SenderService.shared().copyOfSettings();
        settings.put("tocsin.delivery.waits", "PT1S,PT2S");

        // When
        String refusal = refusal(settings);

        // Then
        assertTrue(refusal.contains("tocsin.delivery.waits needs 3 waits"), refusal);
    }
}
