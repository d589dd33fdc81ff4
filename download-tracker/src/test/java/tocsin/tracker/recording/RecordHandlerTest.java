package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.tracker.Samples;
import tocsin.tracker.artifact.DownloadRule;
import tocsin.tracker.artifact.PublicRegistry;
import tocsin.tracker.artifact.SourceRules;
import tocsin.tracker.identity.Attribution;
import tocsin.tracker.intake.ObservationReader;
import tocsin.tracker.intake.RegistryUnavailableException;
import tocsin.tracker.intake.WriterSchemas;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;
import tocsin.tracker.recording.RecordingOutcome.Waiting;

class RecordHandlerTest {

    private static final byte[] JSON = """
            {"source": "proxy-1", "fetched_at": "2026-04-15T08:30:00Z", "ecosystem": "npm", "package_name": "event-stream",
             "version": "3.3.6", "org_id": "acme", "principal": {"type": "ci_cd", "id": "bot-1"}}""".getBytes(UTF_8);

    @Test
    void readsTheValueAsItsContentTypeSays() {
        // Given
        RecordHandler handler = handler(new ObservationReader());
        ConsumerRecord<byte[], byte[]> told = record(JSON);
        told.headers().add("content-type", "application/json; charset=utf-8".getBytes(UTF_8));
        ConsumerRecord<byte[], byte[]> untold = record(JSON);
        ConsumerRecord<byte[], byte[]> empty = record(JSON);
        empty.headers().add("content-type", null);
        ConsumerRecord<byte[], byte[]> event = record(JSON);
        event.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));

        // Then
        assertInstanceOf(Recorded.class, handler.on(told).outcome());
        assertInstanceOf(Recorded.class, handler.on(untold).outcome());
        assertInstanceOf(Recorded.class, handler.on(empty).outcome());
        // No envelope, though the header says that it is one.
        assertInstanceOf(Quarantined.class, handler.on(event).outcome());
    }

    @Test
    void letsARecordWaitWhoseSchemaNobodyCanTell() {
        // Given
        RecordHandler handler = handler(new ObservationReader(AWAY));

        // Then
        assertEquals(
                new Waiting(DownloadRecorder.NO_SOURCE, new Awaited.Schema(7)),
                handler.on(record(FRAMED)).outcome());
    }

    @Test
    void letsNothingWaitThatIsTooLarge() {
        // Given
        RecordHandler handler = handler(new ObservationReader(AWAY));
        ConsumerRecord<byte[], byte[]> large = record(FRAMED);
        large.headers().add("padding", new byte[70_000]);

        // Then
        assertEquals(
                new Quarantined(
                        DownloadRecorder.NO_SOURCE,
                        Fault.UNKNOWN_SCHEMA,
                        "the schema registry gives no answer, and too large to wait for it"),
                handler.on(large).outcome());
    }

    /** Whatever this machine's clock says: it may be behind the broker's, and ahead of it when the topic is read again. */
    @ParameterizedTest
    @ValueSource(strings = {"2026-04-15T08:30:02Z", "2100-01-01T00:00:00Z"})
    void takesTheBrokersStampForTheTimeOfReceipt(String stamped) {
        // When
        RecordingOutcome outcome = handler(new ObservationReader())
                .on(record(JSON, Instant.parse(stamped).toEpochMilli()))
                .outcome();

        // Then
        assertEquals(
                Instant.parse(stamped),
                assertInstanceOf(Recorded.class, outcome).download().getReceivedAt());
    }

    @Test
    void quarantinesARecordWithoutATime() {
        // When
        RecordingOutcome outcome =
                handler(new ObservationReader()).on(record(JSON, -1)).outcome();

        // Then
        assertEquals(new Quarantined(DownloadRecorder.NO_SOURCE, Fault.UNREADABLE, "record has no time"), outcome);
    }

    private static final Instant RECEIVED_AT = Samples.FETCHED_AT.plusSeconds(2);

    private static final byte[] FRAMED = {0, 0, 0, 0, 7, 1};

    private static final WriterSchemas AWAY = id -> {
        throw new RegistryUnavailableException(id, "away");
    };

    private static RecordHandler handler(ObservationReader reader) {
        return new RecordHandler(new DownloadRecorder(
                reader,
                new DownloadRule(SourceRules.NONE),
                new Attribution(_ -> Optional.empty()),
                new PublicRegistry(List.of())));
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
        return record(value, RECEIVED_AT.toEpochMilli());
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value, long timestamp) {
        return new ConsumerRecord<>(
                "download.observed",
                0,
                0,
                timestamp,
                TimestampType.LOG_APPEND_TIME,
                0,
                value.length,
                new byte[0],
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
