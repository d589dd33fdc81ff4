package tocsin.tracker.history;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

/** Nothing of it is there without a URL, or switched off. */
@Factory
@Requires(property = "tocsin.history.url")
@Requires(property = "tocsin.history.enabled", value = "true", defaultValue = "true")
final class HistoryFactory {

    /** Names the consumer group: deleting its offsets reads the whole topic again, which changes nothing. */
    private static final String GROUP = "download-tracker-history";

    private static final String ERASURE_GROUP = "download-tracker-erasure";

    @Singleton
    @Bean(preDestroy = "close")
    HistoryDatabaseClient database(HistoryConfig config) {
        return new HistoryDatabaseClient(config);
    }

    @Singleton
    HistoryDays days(HistoryConfig config) {
        return new HistoryDays(config.retentionDays());
    }

    @Singleton
    HistoryMetrics metrics(MeterRegistry registry) {
        return new HistoryMetrics(registry);
    }

    @Singleton
    DownloadPageRepository pages(HistoryDatabaseClient database) {
        return new DownloadPageRepository(database, DownloadPageRepository.PATIENCE);
    }

    @Singleton
    ErasureRepository erasures(HistoryDatabaseClient database, Clock clock) {
        return new ErasureRepository(database, clock);
    }

    @Singleton
    BackfillRepository backfills(HistoryDatabaseClient database) {
        return new BackfillRepository(database);
    }

    @Singleton
    @Bean(preDestroy = "close")
    BackfillPublisher backfillPublisher(KafkaClients clients) {
        return new BackfillPublisher(clients);
    }

    @Singleton
    BackfillProcessor backfillProcessor(
            HistoryDatabaseClient database, BackfillPublisher publisher, HistoryMetrics metrics) {
        return new BackfillProcessor(new BackfillPageRepository(database), publisher, metrics);
    }

    @Singleton
    ErasureProcessor erasureProcessor(HistoryDatabaseClient database, HistoryMetrics metrics, Clock clock) {
        return new ErasureProcessor(new ErasurePieceRepository(database, clock, ErasurePieceRepository.PIECE), metrics);
    }

    @Singleton
    @Named("erasures")
    HistoryConsumer erasureConsumer(
            ErasureRepository repository, HistoryMetrics metrics, KafkaClients clients, Quarantine quarantine) {
        return new HistoryConsumer(
                clients,
                BatchLoopSettings.of(ERASURE_GROUP, Topics.PRIVACY_ERASURE.name())
                        .withMaxRecords(1),
                new ErasureHandler(repository, quarantine),
                metrics);
    }

    @Singleton
    @Named("downloads")
    HistoryConsumer consumer(
            HistoryDatabaseClient database,
            HistoryDays days,
            HistoryConfig config,
            HistoryMetrics metrics,
            KafkaClients clients,
            Quarantine quarantine,
            Clock clock) {
        return new HistoryConsumer(
                clients,
                BatchLoopSettings.of(GROUP, Topics.DOWNLOAD_RECORDED.name()).withMaxRecords(config.batch()),
                new HistoryHandler(new HistoryRepository(database, days, clock), quarantine, metrics),
                metrics);
    }

    @Singleton
    HistoryUpkeepProcessor upkeep(
            HistoryDatabaseClient database,
            ErasureRepository erasures,
            BackfillRepository backfills,
            HistoryDays days,
            HistoryMetrics metrics,
            KafkaClients clients,
            Clock clock) {
        return new HistoryUpkeepProcessor(
                database,
                erasures,
                backfills,
                new HistoryLagClient(clients, GROUP, Topics.DOWNLOAD_RECORDED.name()),
                days,
                metrics,
                clock);
    }
}
