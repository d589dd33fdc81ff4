package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;
import tocsin.testsupport.KafkaBroker;

/**
 * Downloads as a Verdaccio logs them, all of them good: 100,000 packages of which few are fetched often, 20 versions, 2,000 organisations. All were
 * fetched on one day, as what comes live is; apart from that day, each time the same.
 */
final class BacklogProducer implements AutoCloseable {

    private static final int PACKAGES = 100_000;
    private static final int VERSIONS = 20;
    private static final int ORGANISATIONS = 2_000;

    private final MessageCodec<DownloadObserved> codec = MessageCodec.of(DownloadObserved.class);
    private final SplittableRandom random = new SplittableRandom(1);
    private final Producer<byte[], byte[]> producer;
    private final Instant start;
    private long sent;

    /** @param clock tells which day is kept and not in the future: yesterday */
    BacklogProducer(KafkaBroker broker, Clock clock) {
        this.start = clock.instant().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(1));
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        5,
                        "compression.type",
                        "lz4",
                        "batch.size",
                        128 * 1024,
                        "enable.metrics.push",
                        false),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Returns when the broker has them. */
    void send(long downloads) {
        for (long i = 0; i < downloads; i++) {
            byte[] key = Long.toHexString(sent).getBytes(UTF_8);
            var _ = producer.send(
                    new ProducerRecord<>(Topics.DOWNLOAD_OBSERVED.name(), key, codec.encode(download(sent++))));
        }
        producer.flush();
    }

    private DownloadObserved download(long number) {
        // Uniform in the logarithm of the rank: the first hundred packages get as many as the next thousand.
        String name = "package-" + (long) Math.pow(PACKAGES, random.nextDouble());
        String version = random.nextInt(VERSIONS) + ".0.1";
        int organisation = random.nextInt(ORGANISATIONS);
        return DownloadObserved.newBuilder()
                .setEventId("%016x".formatted(number))
                .setSource("verdaccio-" + organisation % 8)
                .setSourceKind("verdaccio")
                .setFetchedAt(start.plusMillis(number))
                .setRequest(ProxyRequest.newBuilder()
                        .setMethod("GET")
                        .setPath("/" + name + "/-/" + name + "-" + version + ".tgz")
                        .setStatus(200)
                        .setBytes(10_000L + organisation)
                        .build())
                .setOrgId("org-" + organisation)
                .setPrincipal(Principal.newBuilder()
                        .setType(PrincipalType.CI_CD)
                        .setId("bot-" + random.nextInt(10))
                        .setName("build")
                        .setRepository("org-" + organisation + "/shop")
                        .build())
                .build();
    }

    @Override
    public void close() {
        producer.close();
    }
}
