package tocsin.local.running;

import java.util.Map;
import tocsin.schemas.Topic;

/**
 * The cluster that a command speaks to.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param topicPrefix stands before every topic's name; empty unless the cluster is shared
 * @param client Kafka's own settings for clients of a protected cluster; may be secrets, never printed
 */
public record BrokerAddress(String bootstrapServers, String topicPrefix, Map<String, String> client) {

    public BrokerAddress {
        client = Map.copyOf(client);
    }

    /** A cluster that asks nobody who they are. */
    public BrokerAddress(String bootstrapServers, String topicPrefix) {
        this(bootstrapServers, topicPrefix, Map.of());
    }

    /** The topic's name in this cluster. */
    public String nameOf(Topic topic) {
        return topicPrefix + topic.name();
    }

    @Override
    public String toString() {
        return "BrokerAddress[bootstrapServers=" + bootstrapServers + ", topicPrefix=" + topicPrefix + ", client="
                + client.keySet() + "]";
    }
}
