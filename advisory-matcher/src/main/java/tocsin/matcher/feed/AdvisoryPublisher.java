package tocsin.matcher.feed;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.util.List;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.service.http.Problem;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.RequestPublisher;

/** Writes {@code advisory.published}. */
@Singleton
@Bean(preDestroy = "close")
final class AdvisoryPublisher implements AutoCloseable {

    private final MessageCodec<AdvisoryPublished> codec = MessageCodec.of(AdvisoryPublished.class);
    private final RequestPublisher publisher;

    AdvisoryPublisher(KafkaClients clients) {
        this.publisher = new RequestPublisher(
                clients,
                "advisory-matcher-advisories",
                Topics.ADVISORY_PUBLISHED.name(),
                "Not all advisories could be stored. Send them again.");
    }

    /**
     * Returns when the broker has all of them.
     *
     * @throws Problem 503 if it did not take them in time; some may be there then
     */
    void publish(List<AdvisoryBatch.Item> items) {
        publisher.publishAll(items.stream()
                .map(item -> new RequestPublisher.Keyed(item.id(), codec.encode(item.message())))
                .toList());
    }

    @Override
    public void close() {
        publisher.close();
    }
}
