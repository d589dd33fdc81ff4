package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WireTest {

    @Test
    void keepsARowOfBoundedLength() {
        // Given
        List<LoggedHeader> many = IntStream.range(0, 64)
                .mapToObj(i -> new LoggedHeader("h" + i, "v".repeat(8_000)))
                .toList();

        // When
        Wire wire = Wires.answered(many, "b".repeat(5_000));

        // Then
        assertEquals(15, wire.responseHeaders().size());
        assertEquals(4_096, wire.responseBody().orElseThrow().length());
        assertTrue(wire.responseBodyCut());
    }
}
