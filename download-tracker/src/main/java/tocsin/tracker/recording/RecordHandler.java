package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.tracker.intake.RegistryUnavailableException;
import tocsin.tracker.intake.WireForm;
import tocsin.tracker.recording.OutcomePublisher.Decided;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Waiting;

/** Decides on records, whether they come for the first time or have waited. Never throws for what a record holds. Safe for use by many threads. */
final class RecordHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RecordHandler.class);

    private static final String CONTENT_TYPE = "content-type";
    private static final int MAX_CONTENT_TYPE_BYTES = 256;

    private final DownloadRecorder recorder;

    RecordHandler(DownloadRecorder recorder) {
        this.recorder = recorder;
    }

    /** @param observed as it first came */
    Decided on(ConsumerRecord<byte[], byte[]> observed) {
        RecordingOutcome outcome = outcome(observed);
        return new Decided(
                observed,
                outcome instanceof Waiting(String source, Awaited awaited) && !ParkedRecordFactory.isSmall(observed)
                        ? new Quarantined(source, awaited.fault(), awaited.missing() + ", and too large to wait for it")
                        : outcome);
    }

    private RecordingOutcome outcome(ConsumerRecord<byte[], byte[]> observed) {
        if (observed.timestamp() < 0) {
            // Any other time would be another one when the record is read again.
            return new Quarantined(DownloadRecorder.NO_SOURCE, Fault.UNREADABLE, "record has no time");
        }
        try {
            // The broker's stamp, and nothing of our own clock: a replay must give the same.
            return recorder.record(observed.value(), form(observed), Instant.ofEpochMilli(observed.timestamp()));
        } catch (RegistryUnavailableException e) {
            // Its neighbours need no registry, or have their schema already: it alone waits.
            return new Waiting(DownloadRecorder.NO_SOURCE, new Awaited.Schema(e.schemaId()));
        } catch (RuntimeException | StackOverflowError e) {
            // A fault of ours, and it would come again with every repeat: it must not hold up the neighbours.
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("partition", observed.partition())
                    .addKeyValue("offset", observed.offset())
                    .log("download.not-decided");
            return new Quarantined(
                    DownloadRecorder.NO_SOURCE,
                    Fault.FAILED,
                    "processing failed: " + e.getClass().getSimpleName());
        }
    }

    private static WireForm form(ConsumerRecord<byte[], byte[]> observed) {
        Header contentType = observed.headers().lastHeader(CONTENT_TYPE);
        return WireForm.of(Optional.ofNullable(contentType)
                .map(Header::value)
                .filter(value -> value.length <= MAX_CONTENT_TYPE_BYTES)
                .map(value -> new String(value, UTF_8)));
    }
}
