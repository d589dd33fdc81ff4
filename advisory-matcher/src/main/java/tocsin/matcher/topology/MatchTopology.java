package tocsin.matcher.topology;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryScan;
import tocsin.schemas.avro.ErasureSweep;

/** The whole way of the data through the matcher, from top to bottom. */
public final class MatchTopology {

    /** Names the quarantine topic. */
    public static final String SERVICE = "advisory-matcher";

    /** What comes in, from outside or from ourselves. */
    static final List<Topic> READ = List.of(
            Topics.ADVISORY_PUBLISHED,
            Topics.ADVISORY_DECISION,
            Topics.ADVISORY_HELD,
            Topics.ADVISORY_ACCEPTED,
            Topics.DOWNLOAD_RECORDED,
            Topics.ADVISORY_FANOUT,
            Topics.ADVISORY_SCAN,
            Topics.PACKAGE_POPULARITY,
            Topics.PRIVACY_ERASURE,
            Topics.PRIVACY_ERASURE_SWEEP,
            Topics.ADVISORY_STATUS);

    // Stores; their changelogs are <application id>-<store>-changelog.
    static final String ADVISORIES_BY_ID = "advisories-by-id";
    static final String ADVISORIES = "advisories";
    static final String PACKAGES = "packages";
    static final String DOWNLOADS = "downloads";

    // Read from their topics by every instance, so they have no changelogs.
    static final String POPULARITY = "package-popularity";
    static final String STATUS = "advisory-status";

    static final String ERASURES = "erasures";

    /** Header of a record that goes on with what was begun: it takes its turn among the downloads. */
    static final String REST = "tocsin-rest";

    // Where processors send to.
    private static final String INTAKE = "advisory-intake";

    /** Streams names the topic so, after the application's id. */
    static final String INTAKE_TOPIC = "-" + INTAKE + "-repartition";

    /** What is to meet in one task, whichever way it came. */
    static final String BY_FEED_AND_ID = "published-and-said-of-held";

    static final String ACCEPTED = "accepted-advisories";
    static final String FANOUT_TO_ALL = "advisories-to-all-partitions";
    static final String HELD = "held-advisories";
    static final String AGREED = "agreements";
    static final String MATCHED = "matches";
    static final String POPULARITY_TOLD = "told-popularity";
    static final String REST_OF_SCAN = "rest-of-scan";
    static final String SWEEPS_OF_ALL = "sweeps-of-all-partitions";
    static final String REST_OF_SWEEP = "rest-of-sweep";
    static final String QUARANTINED_ERASURE = "quarantined-erasure";
    static final String STATUS_OF_REFUSED = "status-of-refused";
    static final String STATUS_OF_ACCEPTED = "status-of-accepted";
    static final String STATUS_OF_SCANS = "status-of-scans";
    static final String QUARANTINED_PUBLISHED = "quarantined-published";
    static final String QUARANTINED_HELD = "quarantined-said-of-held";
    static final String QUARANTINED_REFUSED = "quarantined-refused";
    static final String QUARANTINED_ACCEPTED = "quarantined-accepted";
    static final String QUARANTINED_IN_MATCH = "quarantined-in-match";

    private static final String POPULARITY_SOURCE = "popularity-of-packages";
    private static final String STATUS_SOURCE = "advisory-status-source";
    private static final String PUBLISHED_SOURCE = "published-advisories";
    private static final String HELD_SOURCE = "said-of-held-advisories";
    private static final String KEY_HELD = "key-held-by-feed-and-id";
    private static final String KEY_PUBLISHED = "key-by-feed-and-id";
    private static final String TAKE_IN = "take-in-advisory";
    private static final String ACCEPTED_SOURCE = "accepted-advisories-source";
    private static final String MULTICAST = "multicast-advisory";
    private static final String DOWNLOAD_SOURCE = "recorded-downloads";
    private static final String ADVISORY_SOURCE = "fanned-out-advisories";
    private static final String SCAN_SOURCE = "continued-scans";
    private static final String ERASURE_SOURCE = "erasures-source";
    private static final String MULTICAST_ERASURE = "multicast-erasure";
    private static final String SWEEP_SOURCE = "sweeps-of-downloads";
    private static final String SWEEP = "sweep-stored-downloads";
    private static final String MATCH_DOWNLOAD = "match-download-with-stored-advisories";
    private static final String MATCH_ADVISORY = "match-advisory-with-stored-downloads";
    private static final String AGREE = "release-what-two-feeds-say";
    private static final String CONTINUE_SCAN = "continue-scan-of-stored-downloads";

    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    /** Never before the epoch, which Streams would take for a broken record and stop at. */
    private static final TimestampExtractor OWN_TIME = (record, partitionTime) -> Math.max(0, record.timestamp());

    /**
     * A task takes the oldest record of its partitions next, so advisories and scans, all at time 0, go before any backlog of
     * downloads. A scan does not starve downloads: its next slice is not there yet when the last one has ended.
     */
    private static final TimestampExtractor BEFORE_DOWNLOADS = (record, partitionTime) -> 0;

    /**
     * An erasure is remembered before any backlog of downloads, and goes through the stored ones between them: it takes long, and several at
     * once would let no download have its turn.
     */
    private static final TimestampExtractor ERASURES_BEFORE_DOWNLOADS =
            (record, partitionTime) -> record.headers().lastHeader(REST) == null ? 0 : Math.max(0, record.timestamp());

    private final MatchSettings settings;
    private final FeedTags feeds = new FeedTags();
    private final FeedMetrics feedMetrics;

    public MatchTopology(MatchSettings settings) {
        this.settings = settings;
        this.feedMetrics = new FeedMetrics(settings.registry(), feeds);
    }

    /** @param config must be the one that the topology runs with: it names what Streams creates */
    public Topology build(StreamsConfig config) {
        StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(config));
        keepEverywhere(builder, POPULARITY, POPULARITY_SOURCE, Topics.PACKAGE_POPULARITY);
        keepEverywhere(builder, STATUS, STATUS_SOURCE, Topics.ADVISORY_STATUS);
        takeInWhatFeedsPublish(builder);
        Topology topology = builder.build();
        giveAcceptedAdvisoriesToAllPartitions(topology);
        matchAdvisoriesAndDownloads(topology);
        giveErasuresToAllPartitions(topology);
        return topology;
    }

    /** What all tasks tell, as every instance has it. */
    private void keepEverywhere(StreamsBuilder builder, String store, String source, Topic topic) {
        builder.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(store), Serdes.Bytes(), BYTES)
                        .withLoggingDisabled(),
                settings.name(topic),
                Consumed.with(BYTES, BYTES).withName(source),
                () -> new GlobalStoreProcessor(store));
    }

    private void takeInWhatFeedsPublish(StreamsBuilder builder) {
        builder.addStateStore(store(ADVISORIES_BY_ID));
        KStream<byte[], byte[]> keyed = builder.stream(
                        settings.name(Topics.ADVISORY_PUBLISHED),
                        Consumed.with(BYTES, BYTES).withName(PUBLISHED_SOURCE).withTimestampExtractor(OWN_TIME))
                .process(() -> new PublishedProcessor(settings), Named.as(KEY_PUBLISHED));
        keyed.to(quarantine(), Produced.with(BYTES, BYTES).withName(QUARANTINED_PUBLISHED));

        KStream<byte[], byte[]> ofHeld = builder.stream(
                        List.of(settings.name(Topics.ADVISORY_DECISION), settings.name(Topics.ADVISORY_HELD)),
                        Consumed.with(BYTES, BYTES).withName(HELD_SOURCE).withTimestampExtractor(OWN_TIME))
                .process(() -> new HeldProcessor(settings), Named.as(KEY_HELD));
        ofHeld.to(quarantine(), Produced.with(BYTES, BYTES).withName(QUARANTINED_HELD));

        // Feeds partition as they like; all revisions of one advisory must meet in one task to be put in order.
        KStream<byte[], byte[]> takenIn = keyed.merge(ofHeld, Named.as(BY_FEED_AND_ID))
                .repartition(Repartitioned.with(BYTES, BYTES).withName(INTAKE))
                .process(() -> new IntakeProcessor(settings, feeds, feedMetrics), Named.as(TAKE_IN), ADVISORIES_BY_ID);
        takenIn.to(
                settings.name(Topics.ADVISORY_ACCEPTED),
                Produced.with(BYTES, BYTES).withName(ACCEPTED));
        takenIn.to(
                settings.name(Topics.ADVISORY_HELD), Produced.with(BYTES, BYTES).withName(HELD));
        takenIn.to(
                settings.name(Topics.ADVISORY_STATUS),
                Produced.with(BYTES, BYTES).withName(STATUS_OF_REFUSED));
        takenIn.to(quarantine(), Produced.with(BYTES, BYTES).withName(QUARANTINED_REFUSED));
    }

    private void giveAcceptedAdvisoriesToAllPartitions(Topology topology) {
        source(topology, ACCEPTED_SOURCE, OWN_TIME, settings.name(Topics.ADVISORY_ACCEPTED));
        topology.addProcessor(MULTICAST, () -> new MulticastProcessor(settings), ACCEPTED_SOURCE);
        sink(topology, FANOUT_TO_ALL, settings.name(Topics.ADVISORY_FANOUT), MatchTopology::toAllPartitions, MULTICAST);
        sink(topology, STATUS_OF_ACCEPTED, settings.name(Topics.ADVISORY_STATUS), MULTICAST);
        sink(topology, QUARANTINED_ACCEPTED, quarantine(), MULTICAST);
    }

    private void giveErasuresToAllPartitions(Topology topology) {
        source(topology, ERASURE_SOURCE, OWN_TIME, settings.name(Topics.PRIVACY_ERASURE));
        topology.addProcessor(MULTICAST_ERASURE, () -> new ErasureMulticastProcessor(settings), ERASURE_SOURCE);
        sink(
                topology,
                SWEEPS_OF_ALL,
                settings.name(Topics.PRIVACY_ERASURE_SWEEP),
                MatchTopology::toAllPartitions,
                MULTICAST_ERASURE);
        sink(topology, QUARANTINED_ERASURE, quarantine(), MULTICAST_ERASURE);
    }

    private void matchAdvisoriesAndDownloads(Topology topology) {
        source(topology, DOWNLOAD_SOURCE, OWN_TIME, settings.name(Topics.DOWNLOAD_RECORDED));
        source(topology, ADVISORY_SOURCE, BEFORE_DOWNLOADS, settings.name(Topics.ADVISORY_FANOUT));
        source(topology, SCAN_SOURCE, BEFORE_DOWNLOADS, settings.name(Topics.ADVISORY_SCAN));
        source(topology, SWEEP_SOURCE, ERASURES_BEFORE_DOWNLOADS, settings.name(Topics.PRIVACY_ERASURE_SWEEP));

        topology.addProcessor(MATCH_DOWNLOAD, () -> new DownloadProcessor(settings), DOWNLOAD_SOURCE);
        topology.addProcessor(MATCH_ADVISORY, () -> new AdvisoryProcessor(settings), ADVISORY_SOURCE);
        topology.addProcessor(CONTINUE_SCAN, () -> new ScanProcessor(settings), SCAN_SOURCE);
        topology.addProcessor(SWEEP, () -> new ErasureSweepProcessor(settings), SWEEP_SOURCE);

        topology.addProcessor(AGREE, () -> new AgreementProcessor(settings), ADVISORY_SOURCE);
        sink(topology, AGREED, settings.name(Topics.ADVISORY_DECISION), AGREE);

        for (String store : List.of(ADVISORIES, DOWNLOADS, ERASURES)) {
            topology.addStateStore(store(store), MATCH_DOWNLOAD, MATCH_ADVISORY, CONTINUE_SCAN, SWEEP);
        }
        topology.addStateStore(store(PACKAGES), MATCH_DOWNLOAD);
        topology.connectProcessorAndStateStores(AGREE, ADVISORIES);

        sink(topology, MATCHED, settings.name(Topics.ADVISORY_MATCHED), MATCH_DOWNLOAD, MATCH_ADVISORY, CONTINUE_SCAN);
        sink(topology, STATUS_OF_SCANS, settings.name(Topics.ADVISORY_STATUS), MATCH_ADVISORY, CONTINUE_SCAN);
        sink(topology, POPULARITY_TOLD, settings.name(Topics.PACKAGE_POPULARITY), MATCH_DOWNLOAD);
        sink(
                topology,
                REST_OF_SCAN,
                settings.name(Topics.ADVISORY_SCAN),
                toItsOwnPartition(),
                MATCH_ADVISORY,
                CONTINUE_SCAN);
        sink(topology, REST_OF_SWEEP, settings.name(Topics.PRIVACY_ERASURE_SWEEP), sweepToItsOwnPartition(), SWEEP);
        sink(topology, QUARANTINED_IN_MATCH, quarantine(), MATCH_DOWNLOAD, MATCH_ADVISORY, CONTINUE_SCAN, SWEEP);
    }

    /** The stored downloads of the task that the context belongs to. */
    static DownloadRepository downloadsOf(ProcessorContext<byte[], byte[]> context, MatchSettings settings) {
        KeyValueStore<Bytes, byte[]> downloads = context.getStateStore(DOWNLOADS);
        return new DownloadRepository(downloads, erasuresOf(context, settings));
    }

    /** Who was erased, as the task that the context belongs to knows it. */
    static ErasureRepository erasuresOf(ProcessorContext<byte[], byte[]> context, MatchSettings settings) {
        return new ErasureRepository(context.getStateStore(ERASURES), settings.changes(), settings.clock());
    }

    /** The advisories of the task that the context belongs to. */
    static AdvisoryRepository advisoriesOf(ProcessorContext<byte[], byte[]> context, MatchSettings settings) {
        KeyValueStore<Bytes, byte[]> advisories = context.getStateStore(ADVISORIES);
        return new AdvisoryRepository(advisories, settings.changes(), settings.matching(), settings.packagesPerTask());
    }

    private String quarantine() {
        return settings.name(Topics.quarantineOf(SERVICE));
    }

    /** Logged to a changelog topic, and without a cache: what is put is in RocksDB and on its way to the changelog. */
    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), BYTES)
                .withCachingDisabled();
    }

    private static void source(Topology topology, String name, TimestampExtractor time, String topic) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                name,
                time,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topic);
    }

    private static void sink(Topology topology, String name, String topic, String... parents) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), parents);
    }

    private static void sink(
            Topology topology,
            String name,
            String topic,
            StreamPartitioner<byte[], byte[]> partitioner,
            String... parents) {
        topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), partitioner, parents);
    }

    /** KIP-837: one record to every partition. */
    private static Optional<Set<Integer>> toAllPartitions(String topic, byte[] key, byte[] value, int partitions) {
        return Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet()));
    }

    /** The rest of a sweep, too. */
    private static StreamPartitioner<byte[], byte[]> sweepToItsOwnPartition() {
        MessageCodec<ErasureSweep> codec = MessageCodec.of(ErasureSweep.class);
        return (topic, key, value, partitions) ->
                Optional.of(Set.of(codec.decode(value).getPartition().orElseThrow()));
    }

    /** A scan is of the downloads of one partition, which its record names. */
    private static StreamPartitioner<byte[], byte[]> toItsOwnPartition() {
        MessageCodec<AdvisoryScan> codec = MessageCodec.of(AdvisoryScan.class);
        return (topic, key, value, partitions) ->
                Optional.of(Set.of(codec.decode(value).getPartition()));
    }
}
