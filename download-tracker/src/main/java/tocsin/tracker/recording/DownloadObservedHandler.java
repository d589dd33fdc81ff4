package tocsin.tracker.recording;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.TableFreshness;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.recording.OutcomePublisher.Decided;
import tocsin.tracker.recording.RecordingMetrics.Tallies;

/** {@code download.observed} to {@code download.recorded}. Decides nothing: {@link DownloadRecorder} does. Used by one thread. */
final class DownloadObservedHandler implements BatchHandler {

    /** Well within what a batch may take; after it the loop says that it failed and comes again. */
    private static final Duration TOKENS_LIMIT = Duration.ofSeconds(30);

    private final RecordHandler decision;
    private final TopicTable<?> tokens;
    private final OutcomePublisher publisher;
    private final RecordingMetrics metrics;
    private final TableFreshness freshness;

    DownloadObservedHandler(
            RecordHandler decision,
            TopicTable<?> tokens,
            OutcomePublisher publisher,
            RecordingMetrics metrics,
            TableFreshness freshness) {
        this.decision = decision;
        this.tokens = tokens;
        this.freshness = freshness;
        this.publisher = publisher;
        this.metrics = metrics;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws InterruptedException {
        // A token that is not read yet would look unknown, and every download would be sent to wait.
        if (!tokens.awaitLoaded(TOKENS_LIMIT)) {
            throw new IllegalStateException("token.registered is not read to its end yet");
        }
        if (!freshness.isFresh()) {
            throw new IllegalStateException("token.registered is not read on");
        }
        OutcomePublisher.Batch onward = publisher.begin();
        Tallies tallies = new Tallies();
        for (ConsumerRecord<byte[], byte[]> observed : batch) {
            Decided decided = decision.on(observed);
            onward.add(decided);
            tallies.add(decided);
        }
        onward.await();
        metrics.observed(tallies);
    }
}
