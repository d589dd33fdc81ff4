package tocsin.local.topics;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.Complaint;
import tocsin.local.topics.TopicStep.AddPartitions;
import tocsin.local.topics.TopicStep.Configure;
import tocsin.local.topics.TopicStep.Create;
import tocsin.local.topics.TopicStep.Leave;
import tocsin.local.topics.TopicStep.Refuse;

/** Asks the cluster what it has and makes it what it should be. */
final class TopicAdminClient implements AutoCloseable {

    private static final long LIMIT_SECONDS = 60;

    private final String broker;
    private final Admin admin;

    /** @throws Complaint if the client's settings do not make a client */
    TopicAdminClient(BrokerAddress address) {
        this.broker = address.bootstrapServers();
        Map<String, Object> settings = new HashMap<>(address.client());
        settings.put("bootstrap.servers", broker);
        settings.put("client.id", "tocsin-topics");
        settings.put("enable.metrics.push", false);
        try {
            this.admin = Admin.create(settings);
        } catch (KafkaException e) {
            throw new Complaint("cannot speak to a broker at " + broker, e);
        }
    }

    /** How many brokers can hold replicas. */
    int brokers() {
        return await(admin.describeCluster().nodes()).size();
    }

    /** Those of the named topics that are there, as every broker that is asked knows them. */
    Map<String, FoundTopic> find(Collection<String> names) {
        Set<String> there = new HashSet<>(await(admin.listTopics().names()));
        List<String> asked = names.stream().filter(there::contains).toList();
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(asked).topicNameValues();
        Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(
                        asked.stream().map(TopicAdminClient::resource).toList())
                .values();
        Map<String, FoundTopic> found = new HashMap<>();
        for (String name : asked) {
            try {
                found.put(
                        name,
                        found(
                                within(requireNonNull(described.get(name))),
                                within(requireNonNull(configs.get(resource(name))))));
            } catch (ExecutionException e) {
                // One broker knows it, another does not yet.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw refused(e);
                }
            }
        }
        return found;
    }

    private static FoundTopic found(TopicDescription topic, Config config) {
        Map<String, String> inForce = new HashMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.value() != null) {
                inForce.put(entry.name(), entry.value());
            }
        }
        int replicas = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        return new FoundTopic(topic.partitions().size(), replicas, inForce);
    }

    /** Does one step, and returns when the cluster has said that it is done. */
    void apply(TopicStep step) {
        switch (step) {
            case Create(WantedTopic wanted, int replicas) -> create(wanted, replicas);
            case AddPartitions added ->
                await(admin.createPartitions(Map.of(added.topic(), NewPartitions.increaseTo(added.wanted())))
                        .all());
            case Configure set -> {
                Collection<AlterConfigOp> operations =
                        List.of(new AlterConfigOp(new ConfigEntry(set.setting(), set.wanted()), OpType.SET));
                await(admin.incrementalAlterConfigs(Map.of(resource(set.topic()), operations))
                        .all());
            }
            case Leave _, Refuse _ -> {}
        }
    }

    private void create(WantedTopic wanted, int replicas) {
        NewTopic topic = new NewTopic(wanted.name(), wanted.partitions(), (short) replicas).configs(wanted.config());
        try {
            within(admin.createTopics(List.of(topic)).all());
        } catch (ExecutionException e) {
            // Somebody else was quicker, perhaps with other numbers: the next plan shows it.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw refused(e);
            }
        }
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return within(future);
        } catch (ExecutionException e) {
            throw refused(e);
        }
    }

    private <T> T within(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Complaint("no answer from the cluster at " + broker + " within " + LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the cluster", e);
        }
    }

    private Complaint refused(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new Complaint("the cluster at " + broker + " says: " + cause.getMessage(), e);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    @Override
    public void close() {
        admin.close();
    }
}
