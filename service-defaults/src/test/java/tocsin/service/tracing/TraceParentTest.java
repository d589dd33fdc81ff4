package tocsin.service.tracing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceParentTest {

    /** The first is the example of the W3C's recommendation. */
    @ParameterizedTest
    @CsvSource({
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, true",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01, false",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01, false",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x, false",
        "00-1-2-01, false",
        "'', false",
    })
    void isOneOrNone(String text, boolean is) {
        assertEquals(is, TraceParent.parse(text).isPresent());
        assertEquals(is, TraceParent.parse(text.getBytes(UTF_8)).isPresent());
        assertEquals(
                is ? Optional.of(text) : Optional.empty(),
                TraceParent.parse(text).map(TraceParent::text));
    }

    @Test
    void isTheLastOfARecord() {
        // Given
        String other = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01";
        Headers headers = new RecordHeaders()
                .add(TraceParent.HEADER, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".getBytes(UTF_8))
                .add(TraceParent.HEADER, other.getBytes(UTF_8));

        // Then
        assertEquals(Optional.of(other), TraceParent.in(headers).map(TraceParent::text));
        assertEquals(Optional.empty(), TraceParent.in(new RecordHeaders()));
        assertEquals(Optional.empty(), TraceParent.in(new RecordHeaders().add(TraceParent.HEADER, null)));
    }
}
