package tocsin.sender.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import tocsin.schemas.Topics;
import tocsin.sender.SenderService;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;

/** Has partitions given to it by the sender's group, and does nothing with them. */
final class JoiningMember implements AutoCloseable {

    private final SenderService sender;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread polling;

    JoiningMember(SenderService sender) {
        this.sender = sender;
        polling = Thread.ofVirtual().start(this::poll);
    }

    private void poll() {
        try (Consumer<byte[], byte[]> consumer = KafkaClients.of(
                        KafkaConfig.plain(sender.broker().bootstrapServers()))
                .consumer("webhook-sender", "joining", Map.of())) {
            consumer.subscribe(List.of(Topics.WEBHOOK_REQUESTED.name()));
            while (end.getCount() > 0) {
                consumer.poll(Duration.ofMillis(100));
            }
        }
    }

    @Override
    public void close() {
        end.countDown();
        try {
            polling.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
