package tocsin.matcher.bucket;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import tocsin.service.kafka.KafkaClients;

@Factory
final class BucketFactory {

    /** An archive of hundreds of megabytes may come over a slow line. */
    private static final BucketClient.Patience PATIENCE =
            new BucketClient.Patience(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofHours(2));

    /** At once: with an address that is none nothing starts. */
    @Context
    BucketRelay buckets(
            KafkaClients clients, List<BucketConfiguration> configurations, Clock clock, MeterRegistry registry) {
        List<Bucket> buckets =
                configurations.stream().map(BucketConfiguration::bucket).toList();
        return relay(clients, buckets, PATIENCE, clock, registry);
    }

    static BucketRelay relay(
            KafkaClients clients,
            List<Bucket> buckets,
            BucketClient.Patience patience,
            Clock clock,
            MeterRegistry registry) {
        BucketMetrics metrics = new BucketMetrics(registry);
        BucketPublisher publisher = new BucketPublisher(clients, metrics);
        BucketClient client = new BucketClient(patience, clock);
        RandomGenerator random = RandomGenerator.getDefault();
        return new BucketRelay(
                clients,
                buckets,
                publisher,
                client,
                bucket -> new BucketPoller(
                        bucket, client, publisher, metrics, new Backoff(bucket.interval(), random), clock));
    }
}
