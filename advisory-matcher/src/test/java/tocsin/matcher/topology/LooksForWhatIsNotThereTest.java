package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import tocsin.matcher.match.Download;
import tocsin.matcher.match.Matching;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.PackageKey;

/** What is hardly ever in the stores is not asked for again and again, and is found all the same once it is there. */
class LooksForWhatIsNotThereTest {

    private static final PackageKey PACKAGE = new PackageKey(Ecosystem.NPM, "left-pad");

    private final StateChanges changes = new StateChanges();
    private final CountedReads looks = new CountedReads();

    @Test
    void asksOnceForTheAdvisoriesOfAPackageThatHasNone() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            AdvisoryRepository advisories = new AdvisoryRepository(
                    looks.of(pipe.store(MatchTopology.ADVISORIES)),
                    changes,
                    new Matching(Duration.ofDays(7)),
                    PackageCache.LEAST);

            // When
            for (int i = 0; i < 10; i++) {
                assertEquals(List.of(), advisories.of(PACKAGE));
            }

            // Then
            assertEquals(1, looks.gets());
        }
    }

    @Test
    void asksAgainOnceAnAdvisoryWasWritten() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            AdvisoryRepository advisories = new AdvisoryRepository(
                    looks.of(pipe.store(MatchTopology.ADVISORIES)),
                    changes,
                    new Matching(Duration.ofDays(7)),
                    PackageCache.LEAST);
            advisories.of(PACKAGE);

            // When
            changes.advisoryWritten(PACKAGE);
            advisories.of(PACKAGE);

            // Then
            assertEquals(2, looks.gets());
        }
    }

    /** What is known of one says nothing of another. */
    @Test
    void takesNoPackageForAnother() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            AdvisoryRepository advisories = new AdvisoryRepository(
                    looks.of(pipe.store(MatchTopology.ADVISORIES)),
                    changes,
                    new Matching(Duration.ofDays(7)),
                    PackageCache.LEAST);

            // When
            advisories.of(new PackageKey(Ecosystem.NPM, "an"));
            advisories.of(new PackageKey(Ecosystem.NPM, "c0"));

            // Then
            assertEquals("an".hashCode(), "c0".hashCode());
            assertEquals(2, looks.gets());
        }
    }

    @Test
    void asksOnceWhetherAnybodyWasErased() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            ErasureRepository erasures =
                    new ErasureRepository(looks.of(pipe.store(MatchTopology.ERASURES)), changes, pipe.clock);

            // When
            for (int i = 0; i < 10; i++) {
                erasures.of("org:example-" + i);
            }

            // Then
            assertEquals(1, looks.gets());
        }
    }

    /** As each processor of a task has its own. */
    @Test
    void hearsOfAnErasureThatAnotherRepositoryWrote() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            ErasureRepository sweeps = new ErasureRepository(pipe.store(MatchTopology.ERASURES), changes, pipe.clock);
            ErasureRepository downloads =
                    new ErasureRepository(pipe.store(MatchTopology.ERASURES), changes, pipe.clock);
            Download download = Download.of(download("e1").build());
            String audience = download.audience().text();
            assertEquals(Optional.of(download.facts()), downloads.of(audience).of(download.facts()));

            // When
            ErasureSubject.subjectsOf(audience, download.facts().getPrincipal())
                    .forEach(subject -> sweeps.remember(subject, Instant.parse("2030-01-01T00:00:00Z")));

            // Then
            assertEquals(
                    Optional.of(ErasureRepository.anonymous(download.facts())),
                    downloads.of(audience).of(download.facts()));
        }
    }

    /** What the first of them found is no longer so. */
    @Test
    void ringsForADownloadOfAPackageThatHadNoAdvisoryWhenItWasFetchedBefore() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(download("e1").setAudience("org:first"));
            pipe.publish(osv("GHSA-1"));
            pipe.matches();

            // When
            pipe.download(download("e2").setAudience("org:second"));

            // Then
            assertEquals(
                    List.of("org:second"),
                    pipe.matches().stream().map(match -> match.getAudience()).toList());
        }
    }

    /** Of rows that have come to rest in the last level, too, which is nearly all. */
    @Test
    void passesOverFilesThatDoNotHaveIt(@TempDir Path directory) throws RocksDBException {
        long passedOver = passedOver(MatchTopology.PACKAGES, directory);

        assertTrue(passedOver > 900, "passed over " + passedOver);
    }

    /** Filters would take memory for each of the rows that are by far the most, and hardly any is ever looked for by its key. */
    @Test
    void hasNoFiltersOfDownloads(@TempDir Path directory) throws RocksDBException {
        assertEquals(0, passedOver(MatchTopology.DOWNLOADS, directory));
    }

    /** @return how often of a thousand looks, each for what is not there, a filter said so */
    private static long passedOver(String storeName, Path directory) throws RocksDBException {
        RocksDB.loadLibrary();
        // As Streams calls it: with filters, but not of the last level.
        try (Statistics statistics = new Statistics();
                BloomFilter filter = new BloomFilter();
                Options options = new Options()
                        .setCreateIfMissing(true)
                        .setStatistics(statistics)
                        .setOptimizeFiltersForHits(true)
                        .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter))) {
            new RocksMemoryConfiguration()
                    .setConfig(storeName, options, Map.of(RocksMemoryConfiguration.MEMORY_BYTES, 64L * 1024 * 1024));
            try (RocksDB store = RocksDB.open(options, directory.toString())) {
                for (int i = 0; i < 1_000; i++) {
                    store.put(key(2 * i), new byte[10]);
                }
                store.compactRange();
                for (int i = 0; i < 1_000; i++) {
                    assertNull(store.get(key(2 * i + 1)));
                }
                return statistics.getTickerCount(TickerType.BLOOM_FILTER_USEFUL);
            }
        }
    }

    private static byte[] key(int i) {
        return "%08d".formatted(i).getBytes(UTF_8);
    }
}
