package tocsin.matcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import tocsin.matcher.topology.MatcherStreamsRelay;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.PackagePopularity;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.testsupport.KafkaBroker;

/** The topics of a matcher, as many partitions as in development: what goes in, and what came out of it. */
final class MatcherTopics {

    static final Instant FETCHED = Instant.parse("2026-04-15T08:30:00Z");
    static final Instant PUBLISHED = Instant.parse("2026-04-17T10:00:00Z");

    private static final String ONE_VERSION = "\"versions\": [\"1.0.0\"]";
    private static final MessageCodec<DownloadRecorded> DOWNLOAD = MessageCodec.of(DownloadRecorded.class);
    private static final MessageCodec<AdvisoryPublished> ADVISORY = MessageCodec.of(AdvisoryPublished.class);
    private static final MessageCodec<AdvisoryAccepted> ACCEPTED = MessageCodec.of(AdvisoryAccepted.class);
    private static final MessageCodec<AdvisoryMatched> MATCH = MessageCodec.of(AdvisoryMatched.class);
    private static final MessageCodec<AdvisoryHeld> HELD = MessageCodec.of(AdvisoryHeld.class);
    private static final MessageCodec<AdvisoryDecision> DECISION = MessageCodec.of(AdvisoryDecision.class);
    private static final MessageCodec<PackagePopularity> POPULARITY = MessageCodec.of(PackagePopularity.class);
    private static final MessageCodec<PrivacyErasure> ERASURE = MessageCodec.of(PrivacyErasure.class);

    private final KafkaBroker broker;
    private final String prefix;

    /** @param otherPartitions of the topics that are to have another number */
    MatcherTopics(KafkaBroker broker, String prefix, Map<Topic, Integer> otherPartitions) {
        this.broker = broker;
        this.prefix = prefix;
        for (Topic topic : MatcherStreamsRelay.USED) {
            broker.createTopic(prefix + topic.name(), otherPartitions.getOrDefault(topic, topic.devPartitions()));
        }
    }

    String prefix() {
        return prefix;
    }

    void download(String eventId, String name, String audience) {
        download(eventId, name, audience, new Principal(PrincipalType.ORG_TOKEN, "token-1", null, null, null));
    }

    void download(String eventId, String name, String audience, Principal principal) {
        DownloadRecorded recorded = DownloadRecorded.newBuilder()
                .setEventId(eventId)
                .setSource("proxy-1")
                .setEcosystem("npm")
                .setPackageName(name)
                .setVersion("1.0.0")
                .setFetchedAt(FETCHED)
                .setReceivedAt(FETCHED)
                .setAudience(audience)
                .setPrincipal(principal)
                .setOriginRegistry(null)
                .build();
        String key = RecordKeys.downloadRecorded(Audience.parse(audience), new PackageKey(Ecosystem.NPM, name));
        send(Topics.DOWNLOAD_RECORDED, key, DOWNLOAD.encode(recorded));
    }

    void publish(String id, String name) {
        publish(id, name, PUBLISHED, PUBLISHED, ONE_VERSION);
    }

    void publish(String id, String name, Instant modified, Instant receivedAt) {
        publish(id, name, modified, receivedAt, ONE_VERSION);
    }

    void publishForAllVersions(String id, String name) {
        publish(
                id,
                name,
                PUBLISHED,
                PUBLISHED,
                "\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]");
    }

    private void publish(String id, String name, Instant modified, Instant receivedAt, String affected) {
        String osv = """
                {"id": "%s", "modified": "%s", "published": "2026-04-17T10:00:00Z", "affected": [
                  {"package": {"ecosystem": "npm", "name": "%s"}, %s}]}
                """.formatted(id, modified, name, affected);
        send(Topics.ADVISORY_PUBLISHED, id, ADVISORY.encode(new AdvisoryPublished("osv", osv, receivedAt)));
    }

    void release(AdvisoryHeld held) {
        AdvisoryAccepted advisory = held.getAdvisory();
        send(
                Topics.ADVISORY_DECISION,
                "decision",
                DECISION.encode(AdvisoryDecision.newBuilder()
                        .setHoldId(held.getHoldId())
                        .setFeed(advisory.getFeed())
                        .setAdvisoryId(advisory.getAdvisoryId())
                        .setEcosystem(advisory.getEcosystem())
                        .setPackageName(advisory.getPackageName())
                        .setDecision(HoldDecision.RELEASE)
                        .setDecidedAt(PUBLISHED)
                        .setDecidedBy("admin-1")
                        .setReason("it is true")
                        .build()));
    }

    void erase(String email) {
        send(
                Topics.PRIVACY_ERASURE,
                "subject",
                ERASURE.encode(PrivacyErasure.newBuilder()
                        .setErasureId("erasure-1")
                        .setRequestedAt(PUBLISHED)
                        .setEmailHash(RecordKeys.emailRecipient(email))
                        .build()));
    }

    /** As after its retention. */
    void empty(Topic topic) throws InterruptedException, ExecutionException {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            for (int partition = 0; partition < topic.devPartitions(); partition++) {
                all.put(new TopicPartition(prefix + topic.name(), partition), RecordsToDelete.beforeOffset(-1));
            }
            admin.deleteRecords(all).all().get();
        }
    }

    private void send(Topic topic, String key, byte[] value) {
        broker.send(prefix + topic.name(), key.getBytes(UTF_8), value);
    }

    List<ConsumerRecord<byte[], byte[]>> records(Topic topic) {
        return broker.readAll(prefix + topic.name());
    }

    List<AdvisoryMatched> matches() {
        return decoded(Topics.ADVISORY_MATCHED, MATCH);
    }

    List<AdvisoryHeld> held() {
        return decoded(Topics.ADVISORY_HELD, HELD);
    }

    List<AdvisoryAccepted> accepted(String id) {
        return decoded(Topics.ADVISORY_ACCEPTED, ACCEPTED).stream()
                .filter(advisory -> advisory.getAdvisoryId().equals(id))
                .toList();
    }

    private <T extends SpecificRecord> List<T> decoded(Topic topic, MessageCodec<T> codec) {
        return records(topic).stream()
                .map(record -> codec.decode(record.value()))
                .toList();
    }

    /** The downloads told of, by advisory and audience. */
    Map<String, Set<String>> told() {
        Map<String, Set<String>> told = new HashMap<>();
        for (AdvisoryMatched match : matches()) {
            Set<String> events = told.computeIfAbsent(
                    match.getAdvisory().getAdvisoryId() + " " + match.getAudience(), _ -> new HashSet<>());
            match.getDownloads().forEach(download -> events.add(download.getEventId()));
        }
        return told;
    }

    /** As every instance has it: at least so many. */
    int audiencesKnownOf(String name) {
        Map<Integer, Integer> byPartition = new HashMap<>();
        for (PackagePopularity popularity : decoded(Topics.PACKAGE_POPULARITY, POPULARITY)) {
            if (popularity.getPackageName().equals(name)) {
                byPartition.put(popularity.getPartition(), popularity.getAudiences());
            }
        }
        return byPartition.values().stream().mapToInt(audiences -> audiences).sum();
    }

    /** In the changelog, which is what a lost store is rebuilt from. */
    long storedDownloadsThatSay(String text) {
        Map<String, String> rows = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> change : broker.readAll(prefix + "advisory-matcher-downloads-changelog")) {
            rows.put(
                    new String(change.key(), ISO_8859_1),
                    change.value() == null ? "" : new String(change.value(), ISO_8859_1));
        }
        return rows.values().stream().filter(row -> row.contains(text)).count();
    }
}
