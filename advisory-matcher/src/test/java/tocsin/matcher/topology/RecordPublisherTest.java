package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.matcher.match.Matching;
import tocsin.service.kafka.QuarantineHeaders;
import tocsin.testsupport.MovableClock;

class RecordPublisherTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private final MatchSettings settings = new MatchSettings(
            name -> "shared." + name,
            new Matching(Duration.ofDays(7)),
            Duration.ofMillis(10),
            System::nanoTime,
            MovableClock.at(MatchPipe.NOW),
            registry);
    private final RecordPublisher publisher = new RecordPublisher(context, settings, "quarantine");
    private final Record<byte[], byte[]> record =
            new Record<>("key".getBytes(UTF_8), "value".getBytes(UTF_8), 0, new RecordHeaders());

    @BeforeEach
    void readFromAClusterWithPrefix() {
        context.setRecordMetadata("shared.download.recorded", 3, 17);
    }

    @Test
    void quarantinesARecordThatBringsOutAFaultOfOurs() {
        // When
        Optional<String> read = publisher.orQuarantine(record, () -> "".substring(1));

        // Then
        assertEquals(Optional.empty(), read);
        assertEquals("processing failed: StringIndexOutOfBoundsException", forwarded(QuarantineHeaders.REASON));
        assertEquals("shared.download.recorded", forwarded(QuarantineHeaders.TOPIC));
        assertEquals("17", forwarded(QuarantineHeaders.OFFSET));
    }

    @Test
    void givesTheReasonOfARecordThatIsWrong() {
        // When
        publisher.orQuarantine(record, () -> {
            throw new IllegalArgumentException("version is blank");
        });

        // Then
        assertEquals("version is blank", forwarded(QuarantineHeaders.REASON));
    }

    @Test
    void quarantinesNothingForAnErrorOfThePlatform() {
        assertThrows(
                OutOfMemoryError.class,
                () -> publisher.orQuarantine(record, () -> {
                    throw new OutOfMemoryError("as if");
                }));
        assertEquals(0, context.forwarded().size());
    }

    @Test
    void countsUnderOurNameOfTheTopicAsTheOtherServicesDo() {
        // When
        publisher.quarantine(record, "any");

        // Then
        assertEquals(
                1,
                registry.get("tocsin.quarantined.records")
                        .tag("topic", "download.recorded")
                        .counter()
                        .count());
    }

    private String forwarded(String header) {
        assertEquals(1, context.forwarded().size());
        return new String(
                context.forwarded()
                        .getFirst()
                        .record()
                        .headers()
                        .lastHeader(header)
                        .value(),
                UTF_8);
    }
}
