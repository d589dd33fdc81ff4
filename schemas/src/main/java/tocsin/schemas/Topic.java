package tocsin.schemas;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A topic as Tocsin needs it.
 *
 * @param name without the optional prefix of a shared cluster
 * @param key what the record key is, in words
 * @param devPartitions partitions in the local stack
 * @param prodPartitions partitions recommended for production; the matcher's inputs can never be changed without a rebuild
 */
public record Topic(
        String name, String key, int devPartitions, int prodPartitions, Kept kept, Timestamps timestamps, Room room) {

    private static final int WITH_HISTORY_BYTES = 2 * 1024 * 1024;

    /** The topic's configuration in Kafka's own terms. */
    public Map<String, String> config() {
        Map<String, String> config = new TreeMap<>();
        switch (kept) {
            case Kept.For(Duration time) -> {
                config.put("cleanup.policy", "delete");
                config.put("retention.ms", Long.toString(time.toMillis()));
            }
            case Kept.Compacted(Duration atLeast) -> {
                config.put("cleanup.policy", "compact");
                if (atLeast.isPositive()) {
                    config.put("min.compaction.lag.ms", Long.toString(atLeast.toMillis()));
                }
            }
        }
        if (timestamps == Timestamps.LOG_APPEND_TIME) {
            config.put("message.timestamp.type", "LogAppendTime");
        }
        if (room == Room.WITH_HISTORY) {
            config.put("max.message.bytes", Integer.toString(WITH_HISTORY_BYTES));
        }
        return config;
    }

    /** How long records are kept. */
    public sealed interface Kept {
        record For(Duration time) implements Kept {}

        /**
         * The last record of each key for ever.
         *
         * @param atLeast how long those before it stay in any case, though compaction may come sooner
         */
        record Compacted(Duration atLeast) implements Kept {}
    }

    /** Whose clock stamps the records. */
    public enum Timestamps {
        CREATE_TIME,
        /** The broker's, when it appends: one clock for all waits, and none of an outsider's. */
        LOG_APPEND_TIME
    }

    /** How large a record may be. */
    public enum Room {
        /** The broker's default, 1 MiB. */
        ORDINARY,
        /** Twice that: the topic takes records of other topics, at their limit too, with their history in headers. */
        WITH_HISTORY
    }
}
