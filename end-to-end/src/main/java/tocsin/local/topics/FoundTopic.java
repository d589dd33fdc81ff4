package tocsin.local.topics;

import java.util.Map;

/**
 * A topic as the cluster has it.
 *
 * @param replicas of the partition that has fewest
 * @param config every setting in force, the cluster's defaults among them
 */
record FoundTopic(int partitions, int replicas, Map<String, String> config) {

    FoundTopic {
        config = Map.copyOf(config);
    }
}
