package tocsin.tracker.recording;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerConfig;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TableFreshness;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.artifact.ArtifactConfiguration;
import tocsin.tracker.artifact.DownloadRule;
import tocsin.tracker.artifact.PublicRegistry;
import tocsin.tracker.identity.Attribution;
import tocsin.tracker.identity.KnownTokens;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.intake.ObservationReader;
import tocsin.tracker.intake.WriterSchemas;

@Factory
final class RecordingFactory {

    private static final String WAITING = "waiting";

    /** Names the consumer group: a change of it reads the whole topic again. */
    private static final String GROUP = "download-tracker";

    /** A batch waits once for the brokers, however large it is; what it holds is bounded by what a poll fetches. */
    private static final int MAX_BATCH = 16_000;

    /** Requests go when they are full, or at the end of a batch, which does not linger: few large ones cost both sides less. */
    private static final Map<String, Object> SENDING =
            Map.of(ProducerConfig.LINGER_MS_CONFIG, 20, ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);

    @Singleton
    @Primary
    RecordHandler handler(ObservationReader reader, KnownTokens tokens, ArtifactConfiguration configuration) {
        return handlerBy(reader, tokens, configuration);
    }

    /** Of what waits. It may take its time over a question. */
    @Singleton
    @Named(WAITING)
    RecordHandler waitingHandler(
            @Named(WAITING) ObservationReader reader, KnownTokens tokens, ArtifactConfiguration configuration) {
        return handlerBy(reader, tokens, configuration);
    }

    private static RecordHandler handlerBy(
            ObservationReader reader, KnownTokens tokens, ArtifactConfiguration configuration) {
        return new RecordHandler(new DownloadRecorder(
                reader,
                new DownloadRule(configuration.rules()),
                new Attribution(tokens),
                new PublicRegistry(configuration.publicRegistries())));
    }

    @Singleton
    RecordingMetrics metrics(MeterRegistry registry) {
        return new RecordingMetrics(registry);
    }

    @Singleton
    BatchLoop loop(
            RecordHandler handler,
            TopicTable<TokenRegistration> tokens,
            KafkaClients clients,
            Quarantine quarantine,
            RecordingMetrics metrics,
            RecordingConfiguration configuration) {
        return new BatchLoop(
                clients,
                BatchLoopSettings.of(GROUP, Topics.DOWNLOAD_OBSERVED.name()).withMaxRecords(MAX_BATCH),
                IntStream.rangeClosed(1, configuration.threads())
                        .mapToObj(number -> new DownloadObservedHandler(
                                handler,
                                tokens,
                                // Not the consumer's id: metrics go by it.
                                new OutcomePublisher(
                                        clients.producer(GROUP + "-recorded-" + number, SENDING), clients, quarantine),
                                metrics,
                                new TableFreshness(tokens)))
                        .toList());
    }

    @Singleton
    WaitingRelay waiting(
            @Named(WAITING) RecordHandler handler,
            TopicTable<TokenRegistration> tokens,
            @Named(WAITING) WriterSchemas schemas,
            KafkaClients clients,
            Quarantine quarantine,
            RecordingMetrics metrics,
            WaitingConfiguration configuration,
            Clock clock) {
        return new WaitingRelay(
                clients,
                new WaitingRelay.Parts(
                        handler,
                        new OutcomePublisher(clients.producer(WaitingRelay.GROUP + "-recorded"), clients, quarantine),
                        tokens,
                        new TableFreshness(tokens),
                        schemas,
                        metrics,
                        configuration,
                        clock,
                        clients.topic(Topics.DOWNLOAD_OBSERVED.name()),
                        clients.topic(Topics.DOWNLOAD_WAITING.name()),
                        new AtomicInteger()));
    }
}
