package tocsin.matcher.topology;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the matcher runs.
 *
 * @param stateDir where the stores lie; kept over restarts, else they are rebuilt from the changelogs
 * @param applicationId names the consumer group, the changelogs and the state; another one starts from the beginning with empty
 *     state. Without the cluster's prefix
 * @param threads stream threads; more than there are partitions do nothing
 * @param commitInterval how much is repeated after a crash, and how often outputs are waited for
 * @param grace how long after publication a download still counts while no feed has told us of the advisory; 0 is strict
 * @param sliceBudget how long a scan may hold up the downloads of its partition at once
 * @param rocksdbMemory bytes of memory outside the heap for all stores together
 * @param threadRestarts how many stream threads may die within an hour and be replaced, before the process ends instead
 * @param closeTimeout how long closing may take; stores that are not closed cleanly are rebuilt in part
 */
@ConfigurationProperties("tocsin.matcher")
public record MatcherConfiguration(
        @Bindable(defaultValue = "state/advisory-matcher") Path stateDir,
        @Bindable(defaultValue = "advisory-matcher") String applicationId,
        @Bindable(defaultValue = "2") int threads,
        @Bindable(defaultValue = "1s") Duration commitInterval,
        @Bindable(defaultValue = "7d") Duration grace,
        @Bindable(defaultValue = "10ms") Duration sliceBudget,
        @Bindable(defaultValue = "268435456") long rocksdbMemory,
        @Bindable(defaultValue = "10") int threadRestarts,
        @Bindable(defaultValue = "60s") Duration closeTimeout) {}
