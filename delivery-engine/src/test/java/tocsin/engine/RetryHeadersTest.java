package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.engine.Progress.Origin;

class RetryHeadersTest {

    private static final Instant T = Instant.parse("2026-01-01T00:00:00.123Z");
    private static final Origin HERE = new Origin("retry.1", 3, 77);
    private static final Origin SOURCE = new Origin("source", 1, 42);

    @Test
    void readsBackWhatItWrote() {
        var progress = new Progress(
                3,
                T,
                Optional.of(T.minusSeconds(9)),
                Optional.of("answered 503"),
                Optional.of(Deferral.HANDOVER),
                SOURCE);
        assertEquals(progress, RetryHeaders.read(RetryHeaders.write(List.of(), progress), HERE));
    }

    @Test
    void writesWhatOthersReadInPlainText() {
        var progress = Progress.fresh(SOURCE).afterAttempt(T, "answered 503", T.plusSeconds(1));
        assertEquals("""
                attempt: 2
                not-before: 1767225601123
                first-attempt-at: 1767225600123
                last-error: answered 503
                origin-topic: source
                origin-partition: 1
                origin-offset: 42
                """, text(RetryHeaders.write(List.of(), progress)));
    }

    @Test
    void passesForeignHeadersUnchangedAndInOrder() {
        // Given
        byte[] bytes = {0, -1, (byte) 0xC3};
        var foreign = List.of(
                MessageHeader.of("message-id", "m1"),
                new MessageHeader("binary", bytes),
                MessageHeader.of("twice", "a"),
                MessageHeader.of("attempt", "2"),
                new MessageHeader("nothing", null),
                MessageHeader.of("twice", "b"));
        // When
        List<MessageHeader> written = RetryHeaders.write(foreign, Progress.fresh(SOURCE));
        // Then
        assertEquals(
                List.of("message-id", "binary", "twice", "nothing", "twice", "attempt"),
                written.stream().limit(6).map(MessageHeader::name).toList());
        assertArrayEquals(bytes, written.get(1).value());
        assertArrayEquals(null, written.get(3).value());
        assertEquals(Optional.of("b"), RetryHeaders.last(written, "twice"));
    }

    @ParameterizedTest(name = "attempt \"{0}\" is {1}")
    @CsvSource({"1, 1", "4, 4", "'', 1", "x, 1", "-3, 1", "0, 1", "99999999999999999999999, 1", "1.5, 1"})
    void takesAMalformedAttemptAsTheFirst(String header, int attempt) {
        assertEquals(
                attempt,
                RetryHeaders.read(List.of(MessageHeader.of("attempt", header)), HERE)
                        .attempt());
    }

    @Test
    void takesARecordWithoutHeadersAsFreshFromHere() {
        assertEquals(Progress.fresh(HERE), RetryHeaders.read(List.of(), HERE));
    }

    @Test
    void cutsALongReason() {
        var progress = Progress.fresh(SOURCE).afterAttempt(T, "x".repeat(10_000), T);
        assertEquals(
                300,
                RetryHeaders.last(RetryHeaders.write(List.of(), progress), "last-error")
                        .orElseThrow()
                        .length());
    }

    private static String text(List<MessageHeader> headers) {
        var text = new StringBuilder();
        headers.forEach(it -> text.append(it.name())
                .append(": ")
                .append(new String(it.value() == null ? new byte[0] : it.value(), UTF_8))
                .append('\n'));
        return text.toString();
    }
}
