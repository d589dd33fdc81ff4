package tocsin.matcher.topology;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds the memory of all stores of the process together. Streams' own bound is per store, and there are six stores to each
 * partition. Streams makes one of these per store, hence public.
 */
public final class RocksMemoryConfiguration implements RocksDBConfigSetter {

    /** Streams setting: bytes for blocks, indexes, filters and write buffers of all stores. */
    static final String MEMORY_BYTES = "tocsin.matcher.rocksdb.memory.bytes";

    private static final long BLOCK_BYTES = 16 * 1024;

    /**
     * A write buffer takes as much at once, however little is in it. With RocksDB's own megabyte the quiet stores of some partitions fill
     * what there is for all, and the busy ones write a file for every few hundred kilobytes.
     */
    private static final long ARENA_BYTES = 64 * 1024;

    // Static and never freed: one bound for the whole process is what this is for, stores come and go with their tasks,
    // and
    // freeing native memory that an open store still uses kills the JVM.
    private static @Nullable Memory shared;

    private record Memory(Cache cache, WriteBufferManager writeBuffers) {

        static Memory of(long bytes) {
            RocksDB.loadLibrary();
            // A tenth for what is needed by every read; write buffers count into the same bound and take at most half.
            Cache cache = new LRUCache(bytes, -1, false, 0.1);
            return new Memory(cache, new WriteBufferManager(bytes / 2, cache));
        }
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        Memory memory = sharedMemory(Long.parseLong(String.valueOf(configs.get(MEMORY_BYTES))));
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(memory.cache());
        table.setBlockSize(BLOCK_BYTES);
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinTopLevelIndexAndFilter(true);
        if (storeName.equals(MatchTopology.DOWNLOADS)) {
            // By far the most rows, and none is looked for by its key when a download comes.
            table.setFilterPolicy(null);
        }
        options.setTableFormatConfig(table);
        options.setArenaBlockSize(ARENA_BYTES);
        options.setWriteBufferManager(memory.writeBuffers());
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
        // Streams leaves out the filters of the last level. What is looked for here is mostly not there.
        options.setOptimizeFiltersForHits(false);
    }

    @Override
    public void close(String storeName, Options options) {
        // Nothing here belongs to one store.
    }

    private static synchronized Memory sharedMemory(long bytes) {
        if (shared == null) {
            shared = Memory.of(bytes);
        }
        return shared;
    }
}
