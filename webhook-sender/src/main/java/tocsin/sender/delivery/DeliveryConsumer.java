package tocsin.sender.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import tocsin.engine.DeliveryEngine;
import tocsin.engine.EngineConfig;
import tocsin.engine.EngineState;
import tocsin.engine.KafkaClientFactory;
import tocsin.engine.RetryLadder;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.tracing.Tracing;

/** Runs the delivery engine over {@code webhook.requested} and the retry topics, in the group {@code webhook-sender}. */
@Singleton
final class DeliveryConsumer implements BackgroundWork, ReadinessSource {

    private static final List<Topic> TIERS =
            List.of(Topics.WEBHOOK_RETRY_1S, Topics.WEBHOOK_RETRY_10S, Topics.WEBHOOK_RETRY_60S);

    private final DeliveryEngine engine;

    DeliveryConsumer(
            DeliveryConfig config,
            WebhookDeliveryHandler handler,
            KafkaClients clients,
            Clock clock,
            MeterRegistry registry,
            Tracing tracing) {
        engine = new DeliveryEngine(
                engineConfig(config, clients), new TracedHandler(handler, tracing), factory(clients), clock, registry);
    }

    private static EngineConfig engineConfig(DeliveryConfig config, KafkaClients clients) {
        List<RetryLadder.Tier> tiers = IntStream.range(0, TIERS.size())
                .mapToObj(i -> new RetryLadder.Tier(
                        clients.topic(TIERS.get(i).name()), config.waits().get(i)))
                .toList();
        EngineConfig.Limits usual = EngineConfig.Limits.DEFAULT;
        return new EngineConfig(
                        "webhook-sender",
                        clients.topic(Topics.WEBHOOK_REQUESTED.name()),
                        new RetryLadder(tiers),
                        clients.topic(Topics.WEBHOOK_DEAD.name()))
                .withLimits(new EngineConfig.Limits(
                        usual.windowRecords(),
                        usual.windowBytes(),
                        config.inFlight(),
                        config.inFlightPerEndpoint(),
                        usual.queuePerKey(),
                        usual.firstAttemptShare()));
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

    @Override
    public void start() {
        engine.start();
    }

    @Override
    public void close() {
        engine.close();
    }

    @Override
    public Optional<String> whyDead() {
        return engine.state() == EngineState.FAILED
                ? Optional.of("a thread of the delivery engine has died")
                : Optional.empty();
    }

    @Override
    public String readinessName() {
        return "deliveries";
    }

    @Override
    public Optional<String> whyNotReady() {
        EngineState state = engine.state();
        return state == EngineState.RUNNING
                ? Optional.empty()
                : Optional.of("the delivery engine is " + state.name().toLowerCase(Locale.ROOT));
    }
}
