package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.tracker.recording.RecordingOutcome.Dropped;
import tocsin.tracker.recording.RecordingOutcome.Fault;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Recorded;
import tocsin.tracker.recording.RecordingOutcome.Waiting;

/** Puts every decided record where it belongs. */
final class OutcomePublisher {

    /** W3C Trace Context has 55 bytes in its version 00; a longer one of a later version is of no use to us. */
    private static final int MAX_TRACEPARENT_BYTES = 256;

    private final Producer<byte[], byte[]> producer;
    private final String recordedTopic;
    private final String waitingTopic;
    private final Quarantine quarantine;
    private final MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);

    /**
     * A request and what becomes of it.
     *
     * @param observed the record of {@code download.observed}, as it first came
     */
    record Decided(ConsumerRecord<byte[], byte[]> observed, RecordingOutcome outcome) {

        /** When Tocsin first received it: milliseconds since the epoch. */
        long receivedAtMillis() {
            return observed.timestamp();
        }

        /** Where it came from, never what is in it. */
        @Override
        public String toString() {
            return "Decided" + Map.of("partition", observed.partition(), "offset", observed.offset());
        }
    }

    /** @param producer takes whatever {@code download.observed} may hold; the caller closes it */
    OutcomePublisher(Producer<byte[], byte[]> producer, KafkaClients clients, Quarantine quarantine) {
        this.producer = producer;
        this.recordedTopic = clients.topic(Topics.DOWNLOAD_RECORDED.name());
        this.waitingTopic = clients.topic(Topics.DOWNLOAD_WAITING.name());
        this.quarantine = quarantine;
    }

    /** Outcomes on their way. Used by one thread. */
    final class Batch {

        private final DurableSend.Pending onward = DurableSend.to(producer);
        private final List<Quarantine.Refused> refused = new ArrayList<>();

        void add(Decided decided) {
            switch (decided.outcome()) {
                case Recorded download -> onward.send(record(download, decided.observed()));
                case Waiting _ -> onward.send(ParkedRecordFactory.of(decided.observed(), waitingTopic));
                case Quarantined bad -> refused.add(refused(decided.observed(), bad));
                case Dropped _ -> {}
            }
        }

        /**
         * Returns once the brokers have all of it.
         *
         * @throws org.apache.kafka.common.KafkaException if they have not; each may have been taken
         */
        void await() throws InterruptedException {
            // Nothing more comes, so nothing is gained by lingering.
            producer.flush();
            onward.await();
            quarantine.putAll(refused);
        }
    }

    Batch begin() {
        return new Batch();
    }

    /** As a batch of all of them. */
    void publish(List<Decided> decided) throws InterruptedException {
        Batch batch = begin();
        decided.forEach(batch::add);
        batch.await();
    }

    private static Quarantine.Refused refused(ConsumerRecord<byte[], byte[]> observed, Quarantined bad) {
        // Where it came from is enough to find who sends tokens. Key and headers are as free as the value.
        return bad.fault() == Fault.TOKEN_SHOWN
                ? new Quarantine.Refused(
                        BadRecord.coordinatesOf(observed),
                        bad.reason() + "; not kept, since it may be the token itself")
                : new Quarantine.Refused(BadRecord.of(observed), bad.reason());
    }

    private ProducerRecord<byte[], byte[]> record(Recorded download, ConsumerRecord<byte[], byte[]> observed) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(recordedTopic, download.key().getBytes(UTF_8), codec.encode(download.download()));
        record.headers()
                .add(MessageHeaders.MESSAGE_ID, download.download().getEventId().getBytes(UTF_8));
        Header traceparent = observed.headers().lastHeader(MessageHeaders.TRACEPARENT);
        if (traceparent != null && traceparent.value() != null && traceparent.value().length <= MAX_TRACEPARENT_BYTES) {
            record.headers().add(MessageHeaders.TRACEPARENT, traceparent.value());
        }
        return record;
    }
}
