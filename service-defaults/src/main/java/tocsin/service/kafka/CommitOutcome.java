package tocsin.service.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of a commit that a member of a group asked for. None of it is a reason to start anew. */
public enum CommitOutcome {
    DONE,
    /** No broker, or the group is not through with a rebalance: the same member may ask again after its next poll. */
    POSTPONED,
    /** The group went on without this member: whoever has the partitions now sees the records again. */
    REFUSED;

    private static final Logger LOG = LoggerFactory.getLogger(CommitOutcome.class);

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /**
     * Waits for the broker's word, ten seconds at most.
     *
     * @param group for the log
     */
    public static CommitOutcome commit(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> offsets, String group) {
        try {
            consumer.commitSync(offsets, LIMIT);
            return DONE;
        } catch (CommitFailedException e) {
            LOG.atWarn().setCause(e).addKeyValue("group", group).log("commit.refused");
            return REFUSED;
        } catch (RebalanceInProgressException _) {
            // No kind of the next one. A member that ended for it would set off another rebalance, and find others who
            // commit in the midst of that: as long as records came, the group would not come to rest. It comes at each
            // turn of a loop, and the client tells of the rebalance.
            LOG.atDebug().addKeyValue("group", group).log("commit.postponed");
            return POSTPONED;
        } catch (RetriableException e) {
            LOG.atInfo()
                    .addKeyValue("group", group)
                    .addKeyValue("reason", e.getClass().getSimpleName())
                    .log("commit.postponed");
            return POSTPONED;
        }
    }
}
