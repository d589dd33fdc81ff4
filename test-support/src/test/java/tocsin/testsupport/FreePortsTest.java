package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    @Test
    void givesDifferentPortsBelowThoseOfOutgoingConnections() {
        // When
        int[] ports = FreePorts.several(20);

        // Then
        assertEquals(20, Arrays.stream(ports).distinct().count());
        assertTrue(Arrays.stream(ports).allMatch(port -> port > 1024 && port < 32_768), Arrays.toString(ports));
    }

    /** Another process asks the system just so. */
    @Test
    void keepsAPortFromWhoeverElseAsks() {
        assertFalse(FreePorts.claim(FreePorts.one()));
    }

    @Test
    void givesNoPortThatSomebodyHasClaimed() throws Exception {
        // Given
        try (DatagramSocket others = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {

            // Then
            assertFalse(FreePorts.claim(others.getLocalPort()));
        }
    }

    @Test
    void seesAPortThatIsTaken() throws Exception {
        // Given
        int port = FreePorts.one();

        // When
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {

            // Then
            assertFalse(FreePorts.isFree(port));
        }
        assertTrue(FreePorts.isFree(port));
    }
}
