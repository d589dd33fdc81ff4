package tocsin.service.kafka;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A member of a group that leaves no partition without a reader, also under a {@code group.instance.id} of its own. The group hands partitions over in
 * two steps: one member gives them up, and takes part once more, so that another gets them. Whoever goes between the two and comes back under its id
 * finds the group as it was, with partitions that nobody has, until something else moves the group. So a member leaves when it is closed, which moves
 * the group, and one that was killed takes part once more when it is back.
 */
final class MemberConsumer extends KafkaConsumer<byte[], byte[]> {

    MemberConsumer(Map<String, Object> settings) {
        super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        super.subscribe(
                topics, groupMetadata().groupInstanceId().isPresent() ? new TakesPartOnceMore(listener) : listener);
    }

    @Override
    public void close() {
        close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    }

    @Override
    public void close(CloseOptions options) {
        super.close(options.withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    }

    private final class TakesPartOnceMore implements ConsumerRebalanceListener {

        private final ConsumerRebalanceListener listener;
        private boolean tookPart;

        TakesPartOnceMore(ConsumerRebalanceListener listener) {
            this.listener = listener;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!tookPart) {
                tookPart = true;
                enforceRebalance("back under its instance id");
            }
            listener.onPartitionsAssigned(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            listener.onPartitionsRevoked(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            listener.onPartitionsLost(partitions);
        }
    }
}
