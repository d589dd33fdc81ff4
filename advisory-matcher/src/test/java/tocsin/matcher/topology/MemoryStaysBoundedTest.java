package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.PrivacyErasure;

/** What is outside the heap: many stores share one bound, and no reader is left open. */
class MemoryStaysBoundedTest {

    private static final long BOUND = 64L * 1024 * 1024;
    private static final int STORES = 20;

    @TempDir
    private Path directory;

    /** Each by itself would be far from its own limit. */
    @Test
    void writeBuffersOfAllStoresTogetherStayBelowOneBound() throws RocksDBException {
        // Given
        RocksDB.loadLibrary();
        List<AutoCloseable> open = new ArrayList<>();
        RocksMemoryConfiguration configuration = new RocksMemoryConfiguration();
        byte[] value = new byte[64 * 1024];
        new Random(1).nextBytes(value);
        try (WriteOptions unlogged = new WriteOptions().setDisableWAL(true)) {
            List<RocksDB> stores = new ArrayList<>();
            for (int i = 0; i < STORES; i++) {
                Options options =
                        new Options().setCreateIfMissing(true).setTableFormatConfig(new BlockBasedTableConfig());
                configuration.setConfig("store", options, Map.of(RocksMemoryConfiguration.MEMORY_BYTES, BOUND));
                RocksDB store = RocksDB.open(options, directory.resolve("s" + i).toString());
                open.add(store);
                open.add(options);
                stores.add(store);
            }

            // When
            for (int row = 0; row < 80; row++) {
                for (RocksDB store : stores) {
                    store.put(unlogged, Integer.toString(row).getBytes(UTF_8), value);
                }
            }

            // Then they come down to it with the writes that follow, as fast as the disk takes them
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                for (RocksDB store : stores) {
                    store.put(unlogged, "more".getBytes(UTF_8), "more".getBytes(UTF_8));
                }
                return buffers(stores) < BOUND / 2;
            });
        } finally {
            open.forEach(MemoryStaysBoundedTest::close);
        }
    }

    private static long buffers(List<RocksDB> stores) throws RocksDBException {
        long bytes = 0;
        for (RocksDB store : stores) {
            bytes += store.getLongProperty("rocksdb.cur-size-all-mem-tables");
        }
        return bytes;
    }

    private static void close(AutoCloseable opened) {
        try {
            opened.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyIteratorIsClosedWhateverWasDone() {
        try (MatchPipe pipe = new MatchPipe(7_000_000, 0, new Matching(Duration.ofDays(7)), Duration.ofDays(2))) {
            // Given a look at what is counted
            try (KeyValueIterator<?, ?> _ = pipe.store(MatchTopology.DOWNLOADS).all()) {
                assertEquals(1, pipe.openIterators());
            }

            // When rows are trimmed, scanned, told late, swept, retired and asked for
            IntStream.range(0, 1300)
                    .forEach(i -> pipe.download(download("e" + i)
                            .setAudience("org:example-" + (i < 1200 ? 0 : i))
                            .setVersion("3.3." + (i < 1200 ? 6 : i % 7))));
            pipe.publish(osv("GHSA-1").allVersions());
            pipe.download(download("late"));
            pipe.erase(PrivacyErasure.newBuilder()
                    .setErasureId("erasure-1")
                    .setRequestedAt(MatchPipe.NOW)
                    .setOrgId("example-0")
                    .setPrincipalId("bot-1")
                    .build());
            // Once no scan of it can be under way any more, what is old goes.
            pipe.clock.advance(Duration.ofDays(60));
            pipe.passTime(Duration.ofSeconds(30));
            pipe.report("GHSA-1");

            // Then
            assertTrue(pipe.registry.counter("tocsin.matcher.erased.rows").count() > 0);
            assertTrue(pipe.registry.counter("tocsin.matcher.retired.rows").count() > 0);
            assertEquals(0, pipe.openIterators());
        }
    }
}
