package tocsin.matcher.topology;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import tocsin.matcher.match.Matching;
import tocsin.schemas.Topic;
import tocsin.service.tracing.Tracing;

/**
 * What the topology is built with.
 *
 * @param topicNames from our name of a topic to the cluster's
 * @param sliceBudget how long a scan may hold up its partition at once
 * @param nanoTime as {@link System#nanoTime}
 * @param clock stamps what is sent, since topics are kept by their records' time
 * @param holdFrom so many audiences of a package are too many to believe at once that all its versions are bad; 0: nothing is held
 * @param retention how long after its fetch a download is kept; 0: for good
 * @param acceptedBefore what an intake with an empty state remembers first
 * @param tracing who is told of each step
 * @param changes of the stores of all tasks that are built with these settings
 * @param packagesPerTask how many packages a task remembers something of, as {@link PackageCache} has it
 */
public record MatchSettings(
        UnaryOperator<String> topicNames,
        Matching matching,
        Duration sliceBudget,
        LongSupplier nanoTime,
        Clock clock,
        MeterRegistry registry,
        int holdFrom,
        Duration retention,
        AcceptedAdvisories acceptedBefore,
        Tracing tracing,
        StateChanges changes,
        int packagesPerTask) {

    /** The stores begin with the settings. */
    public MatchSettings(
            UnaryOperator<String> topicNames,
            Matching matching,
            Duration sliceBudget,
            LongSupplier nanoTime,
            Clock clock,
            MeterRegistry registry,
            int holdFrom,
            Duration retention,
            AcceptedAdvisories acceptedBefore,
            Tracing tracing) {
        this(
                topicNames,
                matching,
                sliceBudget,
                nanoTime,
                clock,
                registry,
                holdFrom,
                retention,
                acceptedBefore,
                tracing,
                new StateChanges(),
                PackageCache.LEAST);
    }

    /** @param partitions of {@code download.recorded}, each of which may be a task of this process */
    MatchSettings withPartitions(int partitions) {
        return new MatchSettings(
                topicNames,
                matching,
                sliceBudget,
                nanoTime,
                clock,
                registry,
                holdFrom,
                retention,
                acceptedBefore,
                tracing,
                changes,
                PackageCache.sizeFor(Runtime.getRuntime().maxMemory(), partitions));
    }

    /** Nobody is told of traces. */
    public MatchSettings(
            UnaryOperator<String> topicNames,
            Matching matching,
            Duration sliceBudget,
            LongSupplier nanoTime,
            Clock clock,
            MeterRegistry registry,
            int holdFrom,
            Duration retention,
            AcceptedAdvisories acceptedBefore) {
        this(
                topicNames,
                matching,
                sliceBudget,
                nanoTime,
                clock,
                registry,
                holdFrom,
                retention,
                acceptedBefore,
                Tracing.off());
    }

    /** Nothing is held, downloads are kept for good, and nothing was accepted before. */
    public MatchSettings(
            UnaryOperator<String> topicNames,
            Matching matching,
            Duration sliceBudget,
            LongSupplier nanoTime,
            Clock clock,
            MeterRegistry registry) {
        this(topicNames, matching, sliceBudget, nanoTime, clock, registry, 0, Duration.ZERO, AcceptedAdvisories.NONE);
    }

    String name(Topic topic) {
        return topicNames.apply(topic.name());
    }

    /** Our name of a topic that the matcher reads, from the cluster's: metrics and logs are the same on every cluster. */
    String unprefixed(String topic) {
        return MatchTopology.READ.stream()
                .filter(ours -> name(ours).equals(topic))
                .map(Topic::name)
                .findFirst()
                .orElse(topic);
    }
}
