package tocsin.matcher.bucket;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;

/** Several instances over a real broker: one fetches, and when it goes another goes on where it stopped. */
class BucketRelayTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final MessageCodec<AdvisoryPublished> CODEC = MessageCodec.of(AdvisoryPublished.class);
    private static final String MODIFIED = "2026-04-17T10:00:00Z";
    private static final Clock CLOCK = MovableClock.at("2026-04-17T12:00:00Z");
    private static final BucketClient.Patience PATIENCE =
            new BucketClient.Patience(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20));

    private static KafkaBroker broker;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        broker.createTopic(Topics.ADVISORY_PUBLISHED.name(), 3);
        broker.createTopic(Topics.FEED_POSITION.name(), 1);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void oneInstanceFetchesAndTheNextGoesOnWhereItStopped() {
        try (BucketServer good = new BucketServer();
                BucketServer bad = new BucketServer();
                Instance first = new Instance(good, bad);
                Instance second = new Instance(good, bad)) {
            // Given
            good.archives("MAL-1", MODIFIED).lists(MODIFIED + ",MAL-1");
            bad.status("npm/all.zip", 500);
            first.relay.start();
            await().atMost(LONG).until(() -> first.lastSuccess("good") > 0);

            // When
            second.relay.start();
            good.lists("2026-04-17T11:00:00Z,MAL-2", MODIFIED + ",MAL-1").has("MAL-2", "2026-04-17T11:00:00Z");
            await().atMost(LONG).until(() -> published().contains("good MAL-2"));
            first.relay.close();
            await().atMost(LONG).until(() -> second.lastSuccess("good") > 0);
            good.asked();
            good.lists("2026-04-17T11:30:00Z,MAL-3", "2026-04-17T11:00:00Z,MAL-2")
                    .has("MAL-3", "2026-04-17T11:30:00Z");
            await().atMost(LONG).until(() -> published().contains("good MAL-3"));

            // Then
            assertEquals(
                    List.of(),
                    good.asked().stream().filter(path -> path.endsWith("zip")).toList());
            assertEquals(1, published().stream().filter("good MAL-3"::equals).count());
            assertEquals(0, second.lastSuccess("bad"));
            assertTrue(second.registry
                            .counter("tocsin.feeds.failures", "feed", "bad")
                            .count()
                    > 0);
            assertEquals((double) Instant.parse("2026-04-17T12:00:00Z").getEpochSecond(), second.lastSuccess("good"));
        }
    }

    private static List<String> published() {
        return broker.readAll(Topics.ADVISORY_PUBLISHED.name()).stream()
                .map(record -> CODEC.decode(record.value()))
                .map(message -> message.getFeed() + " " + message.getOsv().substring(8, 13))
                .toList();
    }

    private static final class Instance implements AutoCloseable {

        private final MeterRegistry registry = new SimpleMeterRegistry();
        private final KafkaClients clients = KafkaClients.of(KafkaConfig.plain(broker.bootstrapServers()));
        private final BucketRelay relay;

        Instance(BucketServer good, BucketServer bad) {
            relay = BucketFactory.relay(
                    clients, List.of(bucket("good", good), bucket("bad", bad)), PATIENCE, CLOCK, registry);
        }

        private static Bucket bucket(String feed, BucketServer server) {
            return Bucket.of(feed, server.url(), List.of("npm"), Duration.ofSeconds(1));
        }

        /** Seconds since the epoch; 0: never; less: it does not lead. */
        double lastSuccess(String feed) {
            var gauge =
                    registry.find("tocsin.feeds.last.success").tag("feed", feed).gauge();
            return gauge == null ? -1 : gauge.value();
        }

        @Override
        public void close() {
            relay.close();
            clients.close();
        }
    }
}
