package tocsin.service.kafka;

import java.time.Duration;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of a group that leaves it in a bounded time when it is closed, also by a thread that is interrupted, and never throws for it. */
public record LeavingConsumer(Consumer<byte[], byte[]> consumer) implements AutoCloseable {

    /** As long as closing takes at most. */
    public static final Duration LIMIT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(LeavingConsumer.class);

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            consumer.close(CloseOptions.timeout(LIMIT));
        } catch (KafkaException e) {
            LOG.atWarn().setCause(e).log("consumer.close-failed");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
