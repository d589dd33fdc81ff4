package tocsin.dispatcher.email;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import tocsin.engine.DeliveryEngine;
import tocsin.engine.EngineConfig;
import tocsin.engine.KafkaClientFactory;
import tocsin.engine.RetryLadder;
import tocsin.engine.RetryLadder.Tier;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.service.kafka.KafkaClients;

/** The engine that carries mails. */
@Factory
final class EmailEngineFactory {

    private static final String GROUP = "notification-dispatcher-email";

    /** Mails under way for each connection: while one is sent, the rows of the others are asked and closed, so that no connection waits for the database. */
    private static final int FOR_EACH_CONNECTION = 32;

    @Singleton
    MailEngine engine(
            EmailHandler handler,
            KafkaClients clients,
            EmailRetryConfig retry,
            SmtpConfig smtp,
            Clock clock,
            MeterRegistry registry) {
        RetryLadder ladder = new RetryLadder(List.of(
                new Tier(name(clients, Topics.EMAIL_RETRY_1M), retry.first()),
                new Tier(name(clients, Topics.EMAIL_RETRY_10M), retry.second()),
                new Tier(name(clients, Topics.EMAIL_RETRY_1H), retry.third()),
                new Tier(name(clients, Topics.EMAIL_RETRY_6H), retry.fourth())));
        EngineConfig.Limits defaults = EngineConfig.Limits.DEFAULT;
        EngineConfig config = new EngineConfig(
                        GROUP, name(clients, Topics.EMAIL_REQUESTED), ladder, name(clients, Topics.EMAIL_DEAD))
                .withLimits(new EngineConfig.Limits(
                        defaults.windowRecords(),
                        defaults.windowBytes(),
                        smtp.concurrency() * FOR_EACH_CONNECTION,
                        // One recipient's server is not asked for two mails at the same time.
                        1,
                        defaults.queuePerKey(),
                        defaults.firstAttemptShare()));
        return new MailEngine(new DeliveryEngine(config, handler, factory(clients), clock, registry));
    }

    private static String name(KafkaClients clients, Topic topic) {
        return clients.topic(topic.name());
    }

    private static KafkaClientFactory factory(KafkaClients clients) {
        return new KafkaClientFactory() {
            @Override
            public Consumer<byte[], byte[]> consumer(String groupId, String clientId) {
                return clients.consumer(groupId, clientId, Map.of());
            }

            @Override
            public Producer<byte[], byte[]> producer(String clientId) {
                return clients.producer(clientId);
            }
        };
    }
}
