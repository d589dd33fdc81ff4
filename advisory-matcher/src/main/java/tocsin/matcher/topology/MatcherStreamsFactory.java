package tocsin.matcher.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import tocsin.matcher.feed.AdvisoryStatuses;
import tocsin.matcher.feed.HoldConfiguration;
import tocsin.matcher.match.Matching;
import tocsin.schemas.Topics;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.tracing.Tracing;

@Factory
final class MatcherStreamsFactory {

    /** Longer than a partition is without a leader while brokers are replaced one by one. */
    private static final Duration REBUILD_PATIENCE = Duration.ofMinutes(2);

    @Singleton
    MatcherStreamsRelay matcher(
            KafkaClients clients,
            MatcherConfiguration configuration,
            HoldConfiguration hold,
            RetentionConfiguration retention,
            LiveConfiguration live,
            Clock clock,
            MeterRegistry registry,
            Tracing tracing) {
        MatchSettings settings = new MatchSettings(
                clients::topic,
                new Matching(configuration.grace(), live.live()),
                configuration.sliceBudget(),
                System::nanoTime,
                clock,
                registry,
                hold.audiences(),
                retention.retention(),
                new AcceptedAdvisoryRepository(
                        () -> clients.consumer("advisory-matcher-accepted", Map.of()),
                        REBUILD_PATIENCE,
                        clients.topic(Topics.ADVISORY_ACCEPTED.name()),
                        clients.topic(configuration.applicationId()) + MatchTopology.INTAKE_TOPIC),
                tracing);
        // From a thread of its own: the exit waits for whoever closes us, and that is not the thread which asks for it.
        Runnable exit = () -> Thread.ofPlatform().name("exit").start(() -> System.exit(1));
        return new MatcherStreamsRelay(clients, configuration, settings, exit);
    }

    @Singleton
    AdvisoryStatuses statuses(MatcherStreamsRelay matcher) {
        return new AdvisoryStatusRepository(matcher::status, matcher::downloadPartitions);
    }
}
