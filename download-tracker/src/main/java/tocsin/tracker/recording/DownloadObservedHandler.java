package tocsin.tracker.recording;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.recording.OutcomePublisher.Decided;
import tocsin.tracker.recording.RecordingMetrics.Tallies;

/** {@code download.observed} to {@code download.recorded}. Decides nothing: {@link DownloadRecorder} does. Used by one thread. */
final class DownloadObservedHandler implements BatchHandler {

    /** Well within what a batch may take; after it the loop says that it failed and comes again. */
    private static final Duration TOKENS_LIMIT = Duration.ofSeconds(30);

    /** How old may be what is known of tokens, beside the time that it takes to ask. */
    private static final Duration TOKENS_AGE = Duration.ofSeconds(10);

    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final RecordHandler decision;
    private final TopicTable<?> tokens;
    private final OutcomePublisher publisher;
    private final RecordingMetrics metrics;
    private Optional<Long> caughtUpAt = Optional.empty();

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
        catchUp();
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

    /** A table that reads no more would give the downloads of a token's new holder to the one before. */
    private void catchUp() throws InterruptedException {
        long now = System.nanoTime();
        if (caughtUpAt.filter(at -> now - at < TOKENS_AGE.toNanos()).isPresent()) {
            return;
        }
        if (!tokens.awaitCaughtUp(CATCH_UP)) {
            throw new IllegalStateException("token.registered is not read on");
        }
        caughtUpAt = Optional.of(now);
    }
}
