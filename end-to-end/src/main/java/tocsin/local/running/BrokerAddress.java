package tocsin.local.running;

import tocsin.schemas.Topic;

/**
 * The cluster that a command speaks to.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param topicPrefix stands before every topic's name; empty unless the cluster is shared
 */
public record BrokerAddress(String bootstrapServers, String topicPrefix) {

    /** The topic's name in this cluster. */
    public String nameOf(Topic topic) {
        return topicPrefix + topic.name();
    }
}
