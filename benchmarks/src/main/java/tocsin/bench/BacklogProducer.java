package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Instant;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.ProxyRequest;
import tocsin.testsupport.KafkaBroker;

/**
 * Downloads of the {@link Crowd} as a Verdaccio logs them, all of them good. All were fetched on one day, as what comes live is; apart from that day,
 * each time the same.
 */
final class BacklogProducer implements AutoCloseable {

    private final MessageCodec<DownloadObserved> codec = MessageCodec.of(DownloadObserved.class);
    private final Crowd crowd = new Crowd();
    private final Producer<byte[], byte[]> producer;
    private final Instant start;
    private long sent;

    /** @param clock tells which day is kept and not in the future: yesterday */
    BacklogProducer(KafkaBroker broker, Clock clock) {
        this.start = Crowd.yesterday(clock);
        this.producer = BenchProducerFactory.of(broker);
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
        String name = crowd.packageName();
        String version = crowd.version();
        int organisation = crowd.organisation();
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
                        .setId("bot-" + crowd.bot())
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
