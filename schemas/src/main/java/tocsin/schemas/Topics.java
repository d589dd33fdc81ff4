package tocsin.schemas;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import tocsin.schemas.Topic.Kept;
import tocsin.schemas.Topic.Timestamps;

/** Every topic, once. {@code deploy/topics.yaml} says the same to operations, and a test holds the two equal. */
public final class Topics {

    private static final Kept DAYS_7 = new Kept.For(Duration.ofDays(7));
    private static final Kept DAYS_14 = new Kept.For(Duration.ofDays(14));
    private static final Kept DAYS_30 = new Kept.For(Duration.ofDays(30));
    private static final Kept COMPACTED = new Kept.Compacted(Duration.ZERO);

    /** Stamped by the broker: when Tocsin received a download must not be for its producer to say. */
    public static final Topic DOWNLOAD_OBSERVED = stampedByTheBroker("download.observed", "anything", 6, 64, DAYS_7);

    public static final Topic DOWNLOAD_RECORDED = topic("download.recorded", "audience + package key", 6, 128, DAYS_7);

    /** Downloads that wait for their token. Waits count from the broker's stamp; takes what {@link #DOWNLOAD_OBSERVED} takes. */
    public static final Topic DOWNLOAD_WAITING = new Topic(
            "download.waiting", "as observed", 6, 32, DAYS_7, Timestamps.LOG_APPEND_TIME, Topic.Room.WITH_HISTORY);

    /** Stamped by the broker: the first receipt decides which downloads count. */
    public static final Topic ADVISORY_PUBLISHED = stampedByTheBroker("advisory.published", "anything", 3, 6, DAYS_14);

    public static final Topic ADVISORY_ACCEPTED =
            topic("advisory.accepted", "package key + feed + id", 3, 6, COMPACTED);
    /** As many partitions as {@link #DOWNLOAD_RECORDED}: every partition of it gets every advisory. */
    public static final Topic ADVISORY_FANOUT = topic("advisory.fanout", "package key", 6, 128, DAYS_7);
    /** As many partitions as {@link #DOWNLOAD_RECORDED}: a scan continues in the partition it began in. */
    public static final Topic ADVISORY_SCAN = topic("advisory.scan", "package key", 6, 128, DAYS_7);

    public static final Topic PACKAGE_POPULARITY =
            topic("package.popularity", "package key + partition", 3, 6, COMPACTED);
    public static final Topic ADVISORY_HELD = topic("advisory.held", "package key + feed + id", 3, 6, COMPACTED);
    public static final Topic ADVISORY_DECISION = topic("advisory.decision", "feed + id", 3, 6, DAYS_14);
    /** One partition: whoever has it is the one instance that fetches. */
    public static final Topic FEED_POSITION = topic("feed.position", "feed + folder", 1, 1, COMPACTED);

    /** What became of each advisory, for whoever asks; every instance of the matcher reads all of it. */
    public static final Topic ADVISORY_STATUS = topic("advisory.status", "id + feed + package key", 3, 6, COMPACTED);

    public static final Topic ADVISORY_MATCHED = topic("advisory.matched", "audience", 6, 64, DAYS_14);

    public static final Topic PLATFORM_EVENT = topic("platform.event", "org id", 6, 32, DAYS_14);
    public static final Topic TOKEN_REGISTERED = topic("token.registered", "token id", 3, 6, COMPACTED);
    public static final Topic PRIVACY_ERASURE = topic("privacy.erasure", "subject", 3, 6, DAYS_30);
    /** As many partitions as {@link #DOWNLOAD_RECORDED}: every partition of it gets every erasure, and goes on with it in its own. */
    public static final Topic PRIVACY_ERASURE_SWEEP = topic("privacy.erasure.sweep", "subject", 6, 128, DAYS_7);

    /**
     * One partition: that all are told is told after them. An older record that comes late must not be all that is left: before compaction looks at
     * it, by the broker's stamp, all are told again.
     */
    public static final Topic ORG_ENTITLEMENTS = new Topic(
            "org.entitlements",
            "org id",
            1,
            1,
            new Kept.Compacted(Duration.ofDays(2)),
            Timestamps.LOG_APPEND_TIME,
            Topic.Room.ORDINARY);

    public static final Topic WEBHOOK_ENDPOINT = topic("webhook.endpoint", "endpoint id", 3, 6, COMPACTED);

    public static final Topic WEBHOOK_REQUESTED = topic("webhook.requested", "endpoint id", 6, 32, DAYS_14);
    public static final Topic WEBHOOK_RETRY_1S = retry("webhook.retry.1s", "endpoint id");
    public static final Topic WEBHOOK_RETRY_10S = retry("webhook.retry.10s", "endpoint id");
    public static final Topic WEBHOOK_RETRY_60S = retry("webhook.retry.60s", "endpoint id");
    public static final Topic WEBHOOK_DEAD = withHistory("webhook.dead", "endpoint id", 6, 32);

    public static final Topic EMAIL_REQUESTED = topic("email.requested", "recipient hash", 6, 32, DAYS_14);
    public static final Topic EMAIL_RETRY_1M = retry("email.retry.1m", "recipient hash");
    public static final Topic EMAIL_RETRY_10M = retry("email.retry.10m", "recipient hash");
    public static final Topic EMAIL_RETRY_1H = retry("email.retry.1h", "recipient hash");
    public static final Topic EMAIL_RETRY_6H = retry("email.retry.6h", "recipient hash");
    public static final Topic EMAIL_DEAD = withHistory("email.dead", "recipient hash", 6, 32);

    public static final Topic DELIVERY_SETTLED = topic("delivery.settled", "notification id", 6, 32, DAYS_14);

    /** The services that have a quarantine, by the name that starts its topic. */
    public static final List<String> SERVICES =
            List.of("download-tracker", "advisory-matcher", "notification-dispatcher", "webhook-sender");

    private Topics() {}

    /** Where a service puts what it cannot read, with the reason in the headers. */
    public static Topic quarantineOf(String service) {
        return withHistory(service + ".quarantine", "as the bad record", 3, 6);
    }

    /** All topics that Tocsin's operator creates; Kafka Streams creates its own. */
    public static List<Topic> all() {
        return Stream.concat(
                        Stream.of(
                                DOWNLOAD_OBSERVED,
                                DOWNLOAD_WAITING,
                                DOWNLOAD_RECORDED,
                                ADVISORY_PUBLISHED,
                                ADVISORY_ACCEPTED,
                                ADVISORY_FANOUT,
                                ADVISORY_SCAN,
                                PACKAGE_POPULARITY,
                                ADVISORY_HELD,
                                ADVISORY_DECISION,
                                FEED_POSITION,
                                ADVISORY_STATUS,
                                ADVISORY_MATCHED,
                                PLATFORM_EVENT,
                                TOKEN_REGISTERED,
                                PRIVACY_ERASURE,
                                PRIVACY_ERASURE_SWEEP,
                                ORG_ENTITLEMENTS,
                                WEBHOOK_ENDPOINT,
                                WEBHOOK_REQUESTED,
                                WEBHOOK_RETRY_1S,
                                WEBHOOK_RETRY_10S,
                                WEBHOOK_RETRY_60S,
                                WEBHOOK_DEAD,
                                EMAIL_REQUESTED,
                                EMAIL_RETRY_1M,
                                EMAIL_RETRY_10M,
                                EMAIL_RETRY_1H,
                                EMAIL_RETRY_6H,
                                EMAIL_DEAD,
                                DELIVERY_SETTLED),
                        SERVICES.stream().map(Topics::quarantineOf))
                .toList();
    }

    private static Topic topic(String name, String key, int devPartitions, int prodPartitions, Kept kept) {
        return new Topic(name, key, devPartitions, prodPartitions, kept, Timestamps.CREATE_TIME, Topic.Room.ORDINARY);
    }

    private static Topic retry(String name, String key) {
        return new Topic(name, key, 6, 32, DAYS_14, Timestamps.LOG_APPEND_TIME, Topic.Room.WITH_HISTORY);
    }

    private static Topic stampedByTheBroker(String name, String key, int devPartitions, int prodPartitions, Kept kept) {
        return new Topic(
                name, key, devPartitions, prodPartitions, kept, Timestamps.LOG_APPEND_TIME, Topic.Room.ORDINARY);
    }

    private static Topic withHistory(String name, String key, int devPartitions, int prodPartitions) {
        return new Topic(
                name, key, devPartitions, prodPartitions, DAYS_30, Timestamps.CREATE_TIME, Topic.Room.WITH_HISTORY);
    }
}
