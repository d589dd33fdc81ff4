package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.KafkaBroker;

/** Downloads as the tracker records them, all of yesterday: each counts for an advisory of today. For one thread. */
final class RecordedProducer implements AutoCloseable {

    private final MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
    private final Crowd crowd = new Crowd();
    private final Producer<byte[], byte[]> producer;
    private final Instant yesterday;
    private long sent;

    RecordedProducer(KafkaBroker broker, Clock clock) {
        this.yesterday = Crowd.yesterday(clock);
        this.producer = BenchProducerFactory.of(broker);
    }

    /** By the {@link Crowd}. Returns when the broker has them. */
    void backlog(long downloads) {
        for (long i = 0; i < downloads; i++) {
            send(crowd.packageName(), crowd.version(), "org:org-" + crowd.organisation());
        }
        producer.flush();
    }

    /** The same for each of many organisations. Returns when the broker has them. */
    void fetchedByMany(String name, int organisations, int versions, int timesEach) {
        for (int time = 0; time < timesEach; time++) {
            for (int version = 0; version < versions; version++) {
                for (int i = 0; i < organisations; i++) {
                    send(name, version + ".0.1", "org:many-" + i);
                }
            }
        }
        producer.flush();
    }

    /** Leaves at once, and does not wait. @return its event id */
    String send(String name, String version, String audience) {
        String eventId = "%016x".formatted(sent);
        Instant at = yesterday.plusMillis(sent % Duration.ofDays(1).toMillis());
        DownloadRecorded recorded = DownloadRecorded.newBuilder()
                .setEventId(eventId)
                .setSource("verdaccio-" + sent % 8)
                .setEcosystem(Ecosystem.NPM.wireName())
                .setPackageName(name)
                .setVersion(version)
                .setFetchedAt(at)
                .setReceivedAt(at)
                .setAudience(audience)
                .setPrincipal(Principal.newBuilder()
                        .setType(PrincipalType.CI_CD)
                        .setId("bot-" + sent % 10)
                        .setName("build")
                        .setRepository(audience.substring(audience.indexOf(':') + 1) + "/shop")
                        .build())
                .build();
        sent++;
        byte[] key = RecordKeys.downloadRecorded(Audience.parse(audience), new PackageKey(Ecosystem.NPM, name))
                .getBytes(UTF_8);
        var _ = producer.send(new ProducerRecord<>(Topics.DOWNLOAD_RECORDED.name(), key, codec.encode(recorded)));
        return eventId;
    }

    /** How many there are by now. */
    long sent() {
        return sent;
    }

    @Override
    public void close() {
        producer.close();
    }
}
