package tocsin.tracker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.TokenIssuer;

/** The service as it runs, a process of its own that can be killed, with topics of its own on a shared broker. */
final class TrackerProcess implements AutoCloseable {

    static final Duration LONG = Duration.ofSeconds(90);
    private static final MessageCodec<DownloadRecorded> RECORDED = MessageCodec.of(DownloadRecorded.class);

    private final KafkaBroker broker;
    private final TokenIssuer issuer;
    private final String prefix;
    private final KafkaClients clients;
    private final Producer<byte[], byte[]> proxy;
    private final boolean keepsItsPlace;
    private final Map<String, String> environment;
    private int port;
    private ChildProcess process;

    /** @param keepsItsPlace in its groups when it ends, as a restarted pod does: its partitions need not wait for a session to end */
    TrackerProcess(KafkaBroker broker, TokenIssuer issuer, String prefix, boolean keepsItsPlace) {
        this(broker, issuer, prefix, keepsItsPlace, Map.of());
    }

    /** @param environment what it is told beside, such as where its history is */
    TrackerProcess(
            KafkaBroker broker,
            TokenIssuer issuer,
            String prefix,
            boolean keepsItsPlace,
            Map<String, String> environment) {
        this.environment = environment;
        this.keepsItsPlace = keepsItsPlace;
        this.broker = broker;
        this.issuer = issuer;
        this.prefix = prefix;
        for (Topic topic : List.of(
                Topics.DOWNLOAD_OBSERVED,
                Topics.DOWNLOAD_WAITING,
                Topics.DOWNLOAD_RECORDED,
                Topics.TOKEN_REGISTERED,
                Topics.PRIVACY_ERASURE,
                Topics.quarantineOf("download-tracker"))) {
            broker.createTopic(prefix + topic.name(), topic.devPartitions(), topic.config());
        }
        clients = KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), prefix, Map.of()));
        proxy = clients.producer("proxy");
        process = builder().start();
    }

    private ChildProcess.Builder builder() {
        port = FreePorts.one();
        ChildProcess.Builder builder = ServiceProcess.of("tracker-" + prefix, TrackerMain.class, port, broker, issuer)
                .env("KAFKA_TOPIC_PREFIX", prefix);
        environment.forEach(builder::env);
        return keepsItsPlace ? builder.env("KAFKA_CLIENT_GROUP_INSTANCE_ID", "tracker-0") : builder;
    }

    /** Nothing of it runs any more, and nothing was tidied up; then the next life begins. */
    void killAndStartAgain() {
        process.killHard();
        process = builder().start();
    }

    /** It comes back to topics that it has never read. */
    void startAgainFromTheBeginning() throws Exception {
        process.terminate(LONG);
        clients.admin()
                .deleteConsumerGroups(List.of(prefix + "download-tracker", prefix + "download-tracker-waiting"))
                .all()
                .get();
        process = builder().start();
    }

    /** Where this life of it is asked. */
    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Sent with many others; {@link #flush()} waits for all. */
    void observe(DownloadObserved.Builder observed) {
        var _ = proxy.send(new ProducerRecord<>(prefix + Topics.DOWNLOAD_OBSERVED.name(), Samples.encoded(observed)));
    }

    void register(String tokenId) {
        var _ = proxy.send(new ProducerRecord<>(
                prefix + Topics.TOKEN_REGISTERED.name(),
                tokenId.getBytes(UTF_8),
                Samples.encoded(Samples.registered(tokenId))));
    }

    void flush() {
        proxy.flush();
    }

    int recordedRecords() {
        return records(Topics.DOWNLOAD_RECORDED).size();
    }

    /** What was recorded by event id: the keys and bodies that it was recorded with. */
    Map<String, Set<Recording>> recorded() {
        Map<String, Set<Recording>> byId = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(Topics.DOWNLOAD_RECORDED)) {
            byId.computeIfAbsent(RECORDED.decode(record.value()).getEventId(), _ -> new HashSet<>())
                    .add(new Recording(new String(record.key(), UTF_8), Arrays.hashCode(record.value())));
        }
        return byId;
    }

    record Recording(String key, int hashOfBody) {}

    List<ConsumerRecord<byte[], byte[]>> records(Topic topic) {
        return broker.readAll(prefix + topic.name());
    }

    @Override
    public void close() {
        process.close();
        proxy.close();
        clients.close();
    }
}
