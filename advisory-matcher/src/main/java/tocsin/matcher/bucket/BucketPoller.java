package tocsin.matcher.bucket;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.matcher.bucket.ChangeList.Change;
import tocsin.schemas.avro.FeedPosition;
import tocsin.service.WorkerThread;

/** Looks at one bucket again and again, in a thread of its own: a slow one holds up no other. For one term of leading. */
final class BucketPoller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BucketPoller.class);
    private static final int REMEMBERED_CHANGES = 3 * ChangeList.MOST_CHANGES;

    private final Bucket bucket;
    private final BucketClient client;
    private final BucketPublisher publisher;
    private final BucketMetrics metrics;
    private final Backoff backoff;
    private final Clock clock;
    private final Set<Change> seen = Collections.newSetFromMap(new Newest());
    private final WorkerThread thread;

    BucketPoller(
            Bucket bucket,
            BucketClient client,
            BucketPublisher publisher,
            BucketMetrics metrics,
            Backoff backoff,
            Clock clock) {
        this.bucket = bucket;
        this.client = client;
        this.publisher = publisher;
        this.metrics = metrics;
        this.backoff = backoff;
        this.clock = clock;
        this.thread = new WorkerThread("bucket-" + bucket.feed(), this::run);
    }

    void start() {
        thread.start();
    }

    private void run() throws InterruptedException {
        showLastSuccess();
        int failures = 0;
        Duration wait;
        do {
            Optional<Duration> retryAfter = Optional.empty();
            boolean failed = false;
            for (String part : bucket.parts()) {
                if (thread.isStopping()) {
                    return;
                }
                try {
                    poll(part);
                } catch (FetchFailedException e) {
                    failed = true;
                    retryAfter = e.retryAfter().isPresent() ? e.retryAfter() : retryAfter;
                    tell(part, String.valueOf(e.getMessage()), failures);
                } catch (IOException e) {
                    failed = true;
                    tell(part, e.getClass().getSimpleName(), failures);
                } catch (RuntimeException e) {
                    // A fault of ours on what one bucket has must not end the reading of it for good.
                    failed = true;
                    LOG.atError().setCause(e).addKeyValue("feed", bucket.feed()).log("feed.not-understood");
                }
            }
            showLastSuccess();
            failures = failed ? failures + 1 : 0;
            if (failed) {
                metrics.failed(bucket.feed());
            }
            wait = backoff.next(failures, retryAfter);
        } while (!thread.pause(wait));
    }

    private void poll(String part) throws IOException, InterruptedException {
        FeedPosition position = Position.of(bucket, part, publisher.find(bucket.feed(), part), clock);
        new FolderPoll(bucket, part, client, publisher, seen, clock).run(position);
    }

    private void tell(String part, String reason, int failuresBefore) {
        LOG.atWarn()
                .addKeyValue("feed", bucket.feed())
                .addKeyValue("folder", part)
                .addKeyValue("reason", reason)
                .addKeyValue("failures", failuresBefore + 1)
                .log("feed.not-read");
    }

    /** The oldest of its parts counts, and one that was never read is the oldest of all. */
    private void showLastSuccess() {
        metrics.succeeded(
                bucket.feed(),
                bucket.parts().stream()
                        .map(part -> Position.of(bucket, part, publisher.find(bucket.feed(), part), clock)
                                .getSucceededAt()
                                .orElse(Instant.EPOCH))
                        .min(Instant::compareTo)
                        .orElse(Instant.EPOCH));
    }

    Optional<String> whyDead() {
        return thread.whyDead();
    }

    @Override
    public void close() {
        thread.close();
    }

    private static final class Newest extends LinkedHashMap<Change, Boolean> {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Change, Boolean> eldest) {
            return size() > REMEMBERED_CHANGES;
        }
    }
}
