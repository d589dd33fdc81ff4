package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class PromptSocketFactoryTest {

    @Test
    void makesSocketsThatSendAtOnceAndAreNotYetConnected() throws IOException {
        try (Socket socket = new PromptSocketFactory().createSocket()) {
            assertTrue(socket.getTcpNoDelay());
            assertFalse(socket.isConnected());
        }
    }
}
