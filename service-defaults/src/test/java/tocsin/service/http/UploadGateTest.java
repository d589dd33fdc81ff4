package tocsin.service.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UploadGateTest {

    private final UploadGate gate = new UploadGate(3, 2);

    @Test
    void letsNobodyInBeyondTheMostOfOneSender() {
        // Given
        UploadGate.Place first = gate.enter("ann").orElseThrow();
        assertTrue(gate.enter("ann").isPresent());

        // Then
        assertTrue(gate.enter("ann").isEmpty());
        assertTrue(gate.enter("bob").isPresent());
        first.close();
        assertTrue(gate.enter("ann").isPresent());
    }

    @Test
    void letsNobodyInBeyondTheMostOfAll() {
        // Given
        UploadGate.Place first = gate.enter("ann").orElseThrow();
        assertTrue(gate.enter("bob").isPresent());
        assertTrue(gate.enter("cid").isPresent());

        // Then
        assertTrue(gate.enter("dan").isEmpty());
        first.close();
        assertFalse(gate.enter("dan").isEmpty());
    }
}
