package tocsin.service.kafka;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Whether a broker answers. Anybody may ask, so the brokers are asked once a second at most. */
@Singleton
@Readiness
final class KafkaHealth implements HealthIndicator {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private final Mono<HealthResult> result;

    KafkaHealth(KafkaClients clients) {
        this.result = Mono.defer(() -> ask(clients)).cache(REMEMBERED);
    }

    private static Mono<HealthResult> ask(KafkaClients clients) {
        DescribeClusterOptions options = new DescribeClusterOptions().timeoutMs(Math.toIntExact(PATIENCE.toMillis()));
        return Mono.fromCompletionStage(
                        () -> clients.admin().describeCluster(options).nodes().toCompletionStage())
                .map(nodes -> HealthResult.builder("kafka", nodes.isEmpty() ? HealthStatus.DOWN : HealthStatus.UP)
                        .build())
                .timeout(PATIENCE.plusMillis(500))
                .onErrorResume(e -> Mono.just(
                        HealthResult.builder("kafka", HealthStatus.DOWN).build()));
    }

    @Override
    public Publisher<HealthResult> getResult() {
        return result;
    }
}
