package tocsin.service.kafka;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.convert.format.MapFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * Where the cluster is and how to speak to it.
 *
 * @param bootstrapServers {@code host:port} of some brokers, separated by commas; a service does not start without
 * @param topicPrefix stands before every topic and group name; empty unless a cluster is shared
 * @param client any Kafka client setting by its Kafka name, such as {@code security.protocol}; wins over what {@link KafkaClients} sets for all,
 *     never over what makes records safe. Values may be secrets and are never printed
 */
@ConfigurationProperties("kafka")
public record KafkaConfig(
        String bootstrapServers,
        @Bindable(defaultValue = "") String topicPrefix,

        @MapFormat(transformation = MapFormat.MapTransformation.FLAT)
        Map<String, String> client) {

    /** @throws MissingConfiguration without bootstrap servers */
    public KafkaConfig(
            @Nullable String bootstrapServers,
            @Bindable(defaultValue = "") String topicPrefix,
            @MapFormat(transformation = MapFormat.MapTransformation.FLAT) @Nullable Map<String, String> client) {
        if (bootstrapServers == null || bootstrapServers.isBlank()) {
            throw MissingConfiguration.of("kafka.bootstrap-servers");
        }
        this.bootstrapServers = bootstrapServers;
        this.topicPrefix = topicPrefix;
        Map<String, String> settings = new TreeMap<>(client == null ? Map.of() : client);
        // An environment variable arrives under every spelling it may have meant; Kafka's own names have no dash.
        settings.keySet().removeIf(name -> name.indexOf('-') >= 0);
        this.client = Map.copyOf(settings);
    }

    /** An unprotected cluster without prefix, as tests and the local stack have it. */
    public static KafkaConfig plain(String bootstrapServers) {
        return new KafkaConfig(bootstrapServers, "", Map.of());
    }

    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", topicPrefix=" + topicPrefix + ", client="
                + client.keySet() + "]";
    }
}
