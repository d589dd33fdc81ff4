package tocsin.tracker.recording;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.recording.OutcomePublisher.Decided;
import tocsin.tracker.recording.OutcomePublisher.Prepared;

/** {@code download.observed} to {@code download.recorded}. Decides nothing: {@link DownloadRecorder} does. */
final class DownloadObservedHandler implements BatchHandler {

    /** Well within what a batch may take; after it the loop says that it failed and comes again. */
    private static final Duration TOKENS_LIMIT = Duration.ofSeconds(30);

    /** Enough for all cores, and few enough that the first are on their way while the rest is decided. */
    private static final int DECIDED_TOGETHER = 1_000;

    private final RecordHandler decision;
    private final TopicTable<?> tokens;
    private final OutcomePublisher publisher;
    private final RecordingMetrics metrics;

    DownloadObservedHandler(
            RecordHandler decision, TopicTable<?> tokens, OutcomePublisher publisher, RecordingMetrics metrics) {
        this.decision = decision;
        this.tokens = tokens;
        this.publisher = publisher;
        this.metrics = metrics;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws InterruptedException {
        // A token that is not read yet would look unknown, and every download would be sent to wait.
        if (!tokens.awaitLoaded(TOKENS_LIMIT)) {
            throw new IllegalStateException("token.registered is not read to its end yet");
        }
        List<Decided> decided = new ArrayList<>(batch.size());
        OutcomePublisher.Batch onward = publisher.begin();
        for (int from = 0; from < batch.size(); from += DECIDED_TOGETHER) {
            // On all cores: nothing that is decided of one depends on another, and their order stays.
            List<Prepared> some = batch.subList(from, Math.min(batch.size(), from + DECIDED_TOGETHER)).parallelStream()
                    .map(observed -> publisher.prepare(decision.on(observed)))
                    .toList();
            for (Prepared one : some) {
                onward.add(one);
                decided.add(one.decided());
            }
        }
        onward.await();
        metrics.observed(decided);
    }
}
