package tocsin.matcher.feed;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.time.Clock;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.HoldDecision;
import tocsin.service.http.Problem;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.RequestPublisher;

/** Writes {@code advisory.decision} for people. */
@Singleton
@Bean(preDestroy = "close")
final class DecisionPublisher implements AutoCloseable {

    private final MessageCodec<AdvisoryDecision> codec = MessageCodec.of(AdvisoryDecision.class);
    private final RequestPublisher publisher;
    private final Clock clock;

    DecisionPublisher(KafkaClients clients, Clock clock) {
        this.publisher = new RequestPublisher(
                clients,
                "advisory-matcher-decisions",
                Topics.ADVISORY_DECISION.name(),
                "The decision could not be stored. Send it again.");
        this.clock = clock;
    }

    /**
     * Returns when the broker has it.
     *
     * @throws Problem 503 if it did not take it in time; it may be there then
     */
    void publish(HeldAdvisory held, HoldDecision decision, String subject, String reason) {
        AdvisoryDecision message = AdvisoryDecision.newBuilder()
                .setHoldId(held.holdId())
                .setFeed(held.feed())
                .setAdvisoryId(held.advisoryId())
                .setEcosystem(held.ecosystem())
                .setPackageName(held.packageName())
                .setDecision(decision)
                .setDecidedAt(clock.instant())
                .setDecidedBy(subject)
                .setReason(reason)
                .build();
        publisher.publish(PublishedAdvisory.identity(held.feed(), held.advisoryId()), codec.encode(message));
    }

    @Override
    public void close() {
        publisher.close();
    }
}
