package tocsin.local.stack;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;

/** Creates every topic as the local stack needs it: one replica, few partitions, kept as long as anywhere. */
final class TopicFactory {

    private static final long LIMIT_SECONDS = 30;

    private final String bootstrapServers;

    TopicFactory(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Those that are there already stay as they are. */
    void createMissing() {
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers, "client.id", "tocsin-topics", "enable.metrics.push", "false"))) {
            Set<String> there = admin.listTopics().names().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = Topics.all().stream()
                    .filter(topic -> !there.contains(topic.name()))
                    .map(TopicFactory::definition)
                    .toList();
            admin.createTopics(missing).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            awaitLeaders(admin, Topics.all().stream().map(Topic::name).toList());
        } catch (ExecutionException e) {
            throw new KafkaException("cannot create the topics", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("the broker did not create the topics in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while creating the topics", e);
        }
    }

    /** The controller knows a topic before the broker serves it: who asked in between would be told that there is none. */
    private static void awaitLeaders(Admin admin, List<String> names)
            throws ExecutionException, InterruptedException, TimeoutException {
        Set<String> waiting = new HashSet<>(names);
        long start = System.nanoTime();
        while (!waiting.isEmpty()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                throw new TimeoutException(waiting + " have no leader");
            }
            var described = admin.describeTopics(List.copyOf(waiting)).topicNameValues();
            for (var topic : described.entrySet()) {
                try {
                    boolean led = topic.getValue().get(LIMIT_SECONDS, TimeUnit.SECONDS).partitions().stream()
                            .allMatch(partition -> partition.leader() != null);
                    if (led) {
                        waiting.remove(topic.getKey());
                    }
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                        throw e;
                    }
                }
            }
        }
    }

    private static NewTopic definition(Topic topic) {
        return new NewTopic(topic.name(), Optional.of(topic.devPartitions()), Optional.of((short) 1))
                .configs(topic.config());
    }
}
