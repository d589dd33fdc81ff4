package tocsin.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.engine.Progress.Origin;
import tocsin.engine.RetryLadder.Tier;

/**
 * One topic that the engine reads.
 *
 * @param tier empty for the source
 */
record ReadTopic(String topic, String groupId, Optional<Tier> tier, RetrySchedule schedule) {

    static ReadTopic source(EngineConfig config) {
        return new ReadTopic(
                config.sourceTopic(), config.groupId(), Optional.empty(), new RetrySchedule(config.ladder()));
    }

    static ReadTopic tier(EngineConfig config, Tier tier) {
        return new ReadTopic(
                tier.topic(),
                config.groupId() + "." + tier.topic(),
                Optional.of(tier),
                new RetrySchedule(config.ladder()));
    }

    /** @param appendedAt the record's timestamp */
    InboundRecord record(
            int partition,
            long offset,
            Instant appendedAt,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<MessageHeader> headers) {
        var here = new Origin(topic, partition, offset);
        // A record that somebody copied back from the dead topic still bears our headers: in the source it is new.
        Progress progress = tier.isPresent() ? RetryHeaders.read(headers, here) : Progress.fresh(here);
        Instant due = tier.map(it -> schedule.due(progress.notBefore(), appendedAt, it))
                .orElse(Instant.EPOCH);
        return new InboundRecord(
                topic, partition, offset, key, value, headers, progress, appendedAt, tier.isPresent(), due);
    }
}
