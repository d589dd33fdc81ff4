package tocsin.tracker.identity;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.http.Problem;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.RequestPublisher;

/** Writes {@code token.registered}. */
@Singleton
@Bean(preDestroy = "close")
final class TokenPublisher implements AutoCloseable {

    private final MessageCodec<TokenRegistered> codec = MessageCodec.of(TokenRegistered.class);
    private final RequestPublisher publisher;

    TokenPublisher(KafkaClients clients) {
        this.publisher = new RequestPublisher(
                clients,
                "download-tracker-tokens",
                Topics.TOKEN_REGISTERED.name(),
                "The registration could not be stored. Try again.");
    }

    /**
     * Returns when the broker has it.
     *
     * @throws Problem 503 if it did not take it in time
     */
    void register(Audience.Token token, TokenRegistered registration) {
        publisher.publish(token.tokenId(), codec.encode(registration));
    }

    @Override
    public void close() {
        publisher.close();
    }
}
