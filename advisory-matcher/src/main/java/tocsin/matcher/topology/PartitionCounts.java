package tocsin.matcher.topology;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What must be equal before anything starts: an advisory that goes to fewer or more partitions than downloads have, or a scan that
 * continues elsewhere, misses downloads without a sound.
 *
 * @param byTopic partitions of {@code download.recorded}, {@code advisory.fanout}, {@code advisory.scan} and {@code privacy.erasure.sweep}
 */
record PartitionCounts(Map<String, Integer> byTopic) {

    PartitionCounts {
        byTopic = Map.copyOf(byTopic);
    }

    /** @return what is wrong, in one line; empty if they are equal. */
    Optional<String> difference() {
        Collection<Integer> counts = byTopic.values();
        return counts.stream().distinct().count() <= 1
                ? Optional.empty()
                : Optional.of("these topics must have equally many partitions: " + new TreeMap<>(byTopic));
    }
}
