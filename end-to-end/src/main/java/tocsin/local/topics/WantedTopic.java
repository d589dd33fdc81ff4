package tocsin.local.topics;

import java.util.Map;

/**
 * A topic as the file asks for it.
 *
 * @param name as the cluster knows it, with its prefix
 * @param config what is set on the topic; what the file does not name is left as the cluster has it
 */
record WantedTopic(String name, int partitions, Layout layout, Map<String, String> config) {

    WantedTopic {
        if (partitions < 1) {
            throw new IllegalArgumentException(name + " has " + partitions + " partitions");
        }
        config = Map.copyOf(config);
    }

    /** What depends on the number of partitions. */
    enum Layout {
        /** Nothing but the order of what is under way: more can be added. */
        FREE,
        /** Where the newest record of a key is looked for: it would stay behind in its old partition. */
        BY_KEY,
        /** The matcher's state, which lies beside the partition that it was made from. */
        STATE
    }
}
