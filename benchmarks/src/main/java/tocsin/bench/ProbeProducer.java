package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
import tocsin.schemas.avro.TokenRegistered;
import tocsin.testsupport.KafkaBroker;

/** Downloads that alarms are waited for: the same package by an organisation and by the holder of a personal token. */
final class ProbeProducer implements AutoCloseable {

    static final String TOKEN = "ab".repeat(32);

    private final MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
    private final Producer<byte[], byte[]> producer;
    private final Clock clock;

    ProbeProducer(KafkaBroker broker, Clock clock) {
        this.clock = clock;
        this.producer = BenchProducerFactory.of(broker);
    }

    /** Gives the token a verified address. */
    void register(String address) {
        TokenRegistered token = TokenRegistered.newBuilder()
                .setTokenId(TOKEN)
                .setVerifiedEmail(address)
                .setVerifiedAt(clock.instant().minus(Duration.ofDays(1)))
                .build();
        var _ = producer.send(new ProducerRecord<>(
                Topics.TOKEN_REGISTERED.name(),
                TOKEN.getBytes(UTF_8),
                MessageCodec.of(TokenRegistered.class).encode(token)));
        producer.flush();
    }

    /** Returns when the broker has them. @return how many records */
    int fetch(List<String> names) {
        for (String name : names) {
            fetch(name, "org:" + AlarmStack.ORG);
            fetch(name, "token:" + TOKEN);
        }
        producer.flush();
        return 2 * names.size();
    }

    private void fetch(String name, String audience) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        DownloadRecorded recorded = DownloadRecorded.newBuilder()
                .setEventId(name + " " + audience)
                .setSource("bench")
                .setEcosystem(Ecosystem.NPM.wireName())
                .setPackageName(name)
                .setVersion("1.0.0")
                .setFetchedAt(now)
                .setReceivedAt(now)
                .setAudience(audience)
                .setPrincipal(Principal.newBuilder()
                        .setType(PrincipalType.CI_CD)
                        .setId("bot")
                        .setName("build")
                        .setRepository("example-org/shop")
                        .build())
                .build();
        byte[] key = RecordKeys.downloadRecorded(Audience.parse(audience), new PackageKey(Ecosystem.NPM, name))
                .getBytes(UTF_8);
        var _ = producer.send(new ProducerRecord<>(Topics.DOWNLOAD_RECORDED.name(), key, codec.encode(recorded)));
    }

    @Override
    public void close() {
        producer.close();
    }
}
