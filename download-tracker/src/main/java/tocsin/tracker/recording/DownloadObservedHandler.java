package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;

/** {@code download.observed} to {@code download.recorded}. Decides nothing: {@link DownloadRecorder} does. */
final class DownloadObservedHandler implements BatchHandler {

    private static final Logger LOG = LoggerFactory.getLogger(DownloadObservedHandler.class);
    /** Well within what a batch may take; after it the loop says that it failed and comes again. */
    private static final Duration TOKENS_LIMIT = Duration.ofSeconds(30);
    /** W3C Trace Context has 55 bytes in its version 00; a longer one of a later version is of no use to us. */
    private static final int MAX_TRACEPARENT_BYTES = 256;

    private final DownloadRecorder recorder;
    private final TopicTable<?> tokens;
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final Quarantine quarantine;
    private final RecordingMetrics metrics;
    private final Clock clock;
    private final MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);

    /** @param topic that recorded downloads go to, as the cluster knows it. */
    DownloadObservedHandler(
            DownloadRecorder recorder,
            TopicTable<?> tokens,
            Producer<byte[], byte[]> producer,
            String topic,
            Quarantine quarantine,
            RecordingMetrics metrics,
            Clock clock) {
        this.recorder = recorder;
        this.tokens = tokens;
        this.producer = producer;
        this.topic = topic;
        this.quarantine = quarantine;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws InterruptedException {
        // A token that is not read yet would look unknown.
        if (!tokens.awaitLoaded(TOKENS_LIMIT)) {
            throw new IllegalStateException("token.registered is not read to its end yet");
        }
        List<RecordingOutcome> outcomes = batch.stream().map(this::outcome).toList();
        List<ProducerRecord<byte[], byte[]>> recorded = new ArrayList<>(batch.size());
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Recorded download) {
                recorded.add(record(download, batch.get(i)));
            }
        }
        DurableSend.all(producer, recorded);
        for (int i = 0; i < outcomes.size(); i++) {
            switch (outcomes.get(i)) {
                case Quarantined bad -> quarantine(batch.get(i), bad);
                case Recorded _, Dropped _ -> {}
            }
        }
        metrics.count(outcomes);
    }

    private void quarantine(ConsumerRecord<byte[], byte[]> observed, Quarantined bad) {
        if (bad.fault() == Fault.TOKEN_SHOWN) {
            // Where it came from is enough to find who sends tokens. Key and headers are as free as the value.
            BadRecord withoutContent = new BadRecord(
                    observed.topic(),
                    observed.partition(),
                    observed.offset(),
                    new byte[0],
                    new byte[0],
                    new RecordHeaders());
            quarantine.put(withoutContent, bad.reason() + "; not kept, since it may be the token itself");
        } else {
            quarantine.put(observed, bad.reason());
        }
    }

    private RecordingOutcome outcome(ConsumerRecord<byte[], byte[]> observed) {
        try {
            return recorder.record(observed.value(), ReceivedAt.of(observed.timestamp(), clock.instant()));
        } catch (RuntimeException e) {
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

    private ProducerRecord<byte[], byte[]> record(Recorded download, ConsumerRecord<byte[], byte[]> observed) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, download.key().getBytes(UTF_8), codec.encode(download.download()));
        record.headers()
                .add(MessageHeaders.MESSAGE_ID, download.download().getEventId().getBytes(UTF_8));
        Header traceparent = observed.headers().lastHeader(MessageHeaders.TRACEPARENT);
        if (traceparent != null && traceparent.value() != null && traceparent.value().length <= MAX_TRACEPARENT_BYTES) {
            record.headers().add(MessageHeaders.TRACEPARENT, traceparent.value());
        }
        return record;
    }
}
