package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PackagePopularity;

/** What the match tasks tell of how many audiences fetched a package, and what every instance makes of it. */
class PopularityTest {

    private static final MessageCodec<PackagePopularity> CODEC = MessageCodec.of(PackagePopularity.class);
    private static final PackageKey PACKAGE = new PackageKey(Ecosystem.NPM, "event-stream");

    @AutoClose
    private final MatchPipe pipe = new MatchPipe();

    @Test
    void tellsAsTheCountCrossesPowersOfTwoFromTwoOn() {
        for (int i = 0; i < 9; i++) {
            fetch("e" + i, "org:" + i);
            pipe.passTime(Duration.ofSeconds(1));
        }

        assertEquals(List.of("npm:event-stream 0 = 2", "npm:event-stream 0 = 4", "npm:event-stream 0 = 8"), told());
    }

    @Test
    void countsAudiencesAndNotDownloadsOrVersions() {
        // Given
        fetch("e1", "org:1");
        fetch("e2", "org:2");

        // When
        for (int i = 3; i < 20; i++) {
            pipe.download(download("e" + i).setAudience("org:" + (1 + i % 2)).setVersion("1.0." + i));
            pipe.download(download("f" + i).setAudience("org:1"));
        }
        pipe.passTime(Duration.ofSeconds(1));

        // Then
        assertEquals(List.of("npm:event-stream 0 = 2"), told());
        assertEquals(2, known());
    }

    @Test
    void aNamesakeOfAnInternalRegistryCountsForNothing() {
        for (int i = 0; i < 9; i++) {
            pipe.download(download("e" + i).setAudience("org:" + i).setOriginRegistry("npm.example.com"));
        }
        pipe.passTime(Duration.ofSeconds(1));

        assertEquals(List.of(), told());
    }

    /** What it tells may be told already: that is not known to whoever takes over. */
    @Test
    void whoTakesOverTellsAndWritesAgainWhatItFinds() {
        // Given
        fetch("e1", "org:1");
        fetch("e2", "org:2");
        pipe.passTime(Duration.ofSeconds(1));
        pipe.changes(MatchTopology.PACKAGES);
        List<String> told = new ArrayList<>();
        AudienceRepository next = repository(told);

        // When
        for (int i = 2; i < 5; i++) {
            next.add(PACKAGE, "org:" + i);
            next.settle();
        }

        // Then
        assertEquals(List.of("npm:event-stream = 2", "npm:event-stream = 4"), told);
        pipe.passTime(Duration.ofSeconds(1));
        assertEquals(3, pipe.changes(MatchTopology.PACKAGES).size());
    }

    @Test
    void aPackageIsWrittenAndToldOnceForAllWhoCameMeanwhile() {
        // Given
        for (int i = 0; i < 20; i++) {
            fetch("e" + i, "org:" + i);
        }
        assertEquals(List.of(), pipe.changes(MatchTopology.PACKAGES));

        // When
        pipe.passTime(Duration.ofSeconds(3));

        // Then
        assertEquals(1, pipe.changes(MatchTopology.PACKAGES).size());
        assertEquals(List.of("npm:event-stream 0 = 16"), told());
    }

    @Test
    void whatIsForgottenIsWrittenAndToldBefore() {
        // Given
        List<String> told = new ArrayList<>();
        AudienceRepository audiences = repository(told);
        audiences.add(PACKAGE, "org:1");
        audiences.add(PACKAGE, "org:2");

        // When
        addManyOthers(audiences);

        // Then
        assertEquals(List.of("npm:event-stream = 2"), told);
        assertTrue(pipe.rows(MatchTopology.PACKAGES).stream().anyMatch(row -> row.contains("event-stream")));
    }

    @Test
    void whatComesBackIsNeitherWrittenNorToldAgain() {
        // Given
        List<String> told = new ArrayList<>();
        AudienceRepository audiences = repository(told);
        audiences.add(PACKAGE, "org:1");
        audiences.add(PACKAGE, "org:2");
        addManyOthers(audiences);
        settleAll(audiences);
        pipe.passTime(Duration.ofSeconds(1));
        pipe.changes(MatchTopology.PACKAGES);

        // When
        audiences.add(PACKAGE, "org:2");
        settleAll(audiences);

        // Then
        pipe.passTime(Duration.ofSeconds(1));
        assertEquals(List.of(), pipe.changes(MatchTopology.PACKAGES));
        assertEquals(List.of("npm:event-stream = 2"), told);

        // When
        audiences.add(PACKAGE, "org:3");
        audiences.add(PACKAGE, "org:4");
        settleAll(audiences);

        // Then
        assertEquals(List.of("npm:event-stream = 2", "npm:event-stream = 4"), told);
    }

    /** Each is asked for twice: who came once makes room for who comes next. */
    private static void addManyOthers(AudienceRepository audiences) {
        for (int i = 0; i < 4 * PackageCache.LEAST; i++) {
            PackageKey other = new PackageKey(Ecosystem.NPM, "other-" + i);
            audiences.add(other, "org:1");
            audiences.add(other, "org:1");
        }
    }

    private static void settleAll(AudienceRepository audiences) {
        for (int i = 0; i <= 5 * PackageCache.LEAST / AudienceRepository.SETTLED_AT_ONCE; i++) {
            audiences.settle();
        }
    }

    /** As of an upload of millions of names. */
    @Test
    void whatHadToGoIsNotHeldForLong() {
        // Given
        AudienceRepository audiences = repository(new ArrayList<>());

        // When
        for (int i = 0; i < 10 * PackageCache.LEAST; i++) {
            audiences.add(new PackageKey(Ecosystem.NPM, "made-up-" + i), "org:1");
        }

        // Then
        int held = audiences.queued();
        written();
        settleAll(audiences);
        int waited = written();
        assertTrue(held - waited <= PackageCache.LEAST / 8, held + " are held of which " + waited + " waited");
        assertEquals(0, audiences.queued());
    }

    /** What is not remembered cannot wait. */
    @Test
    void ofAVeryLongNameIsWrittenAndToldAtOnce() {
        // Given
        List<String> told = new ArrayList<>();
        AudienceRepository audiences = repository(told);
        PackageKey veryLong = new PackageKey(Ecosystem.NPM, "n".repeat(PackageCache.LONGEST_NAME + 1));

        // When
        audiences.add(veryLong, "org:1");
        audiences.add(veryLong, "org:2");
        audiences.add(veryLong, "org:2");

        // Then
        assertEquals(List.of(veryLong + " = 2"), told);
        assertEquals(2, written());
        assertEquals(0, audiences.queued());
    }

    /** How many rows since it was asked last. */
    private int written() {
        pipe.passTime(Duration.ofSeconds(1));
        return pipe.changes(MatchTopology.PACKAGES).size();
    }

    /** A sketch alone. */
    @Test
    void goesOnFromWhatWasStoredBefore() {
        // Given
        List<String> told = new ArrayList<>();
        KeyValueStore<Bytes, byte[]> store = pipe.store(MatchTopology.PACKAGES);
        AudienceSketch three = AudienceSketch.ofNobody();
        List.of("org:1", "org:2", "org:3").forEach(three::add);
        store.put(Bytes.wrap(StoreKeys.packageAudiences(PACKAGE.text())), three.encode());
        AudienceRepository audiences = repository(told);

        // When
        audiences.add(PACKAGE, "org:4");
        audiences.settle();

        // Then
        assertEquals(List.of("npm:event-stream = 4"), told);
    }

    private AudienceRepository repository(List<String> told) {
        return new AudienceRepository(
                pipe.store(MatchTopology.PACKAGES),
                PackageCache.LEAST,
                (packageKey, audiences) -> told.add(packageKey + " = " + audiences));
    }

    @Test
    void addsUpWhatAllPartitionsTell() {
        tell(PACKAGE, 0, 16);
        tell(PACKAGE, 1, 8);
        tell(PACKAGE, 1, 32);
        tell(new PackageKey(Ecosystem.NPM, "event-stream-2"), 0, 64);
        tell(new PackageKey(Ecosystem.PYPI, "event-stream"), 0, 64);
        pipe.sendBytes(Topics.PACKAGE_POPULARITY, "npm:event-stream 2".getBytes(UTF_8), new byte[] {1, 2, 3});

        assertEquals(48, known());
    }

    private void fetch(String eventId, String audience) {
        pipe.download(download(eventId).setAudience(audience));
    }

    private void tell(PackageKey packageKey, int partition, int audiences) {
        pipe.sendBytes(
                Topics.PACKAGE_POPULARITY,
                RecordKeys.packagePopularity(packageKey, partition).getBytes(UTF_8),
                CODEC.encode(new PackagePopularity(
                        packageKey.ecosystem().wireName(), packageKey.name(), partition, audiences)));
    }

    private List<String> told() {
        return pipe.records(Topics.PACKAGE_POPULARITY).stream()
                .map(record -> new String(record.key(), UTF_8) + " = "
                        + CODEC.decode(record.value()).getAudiences())
                .toList();
    }

    private int known() {
        KeyValueStore<Bytes, byte[]> store = pipe.store(MatchTopology.POPULARITY);
        return new PopularityRepository(store).audiencesOf(PACKAGE);
    }
}
