package tocsin.tracker.intake;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * The registry that messages in Confluent's framing name their schemas by.
 *
 * @param url its address, such as {@code http://registry.example.org:8081}. None by default: then such messages cannot be read
 * @param username for a registry that wants one
 * @param password beside the name
 */
@ConfigurationProperties("tocsin.schema-registry")
public record SchemaRegistryConfiguration(
        @Bindable(defaultValue = "") String url,
        @Bindable(defaultValue = "") String username,
        @Bindable(defaultValue = "") String password) {

    @Override
    public String toString() {
        return "SchemaRegistryConfiguration[" + (url.isEmpty() ? "none" : "configured") + "]";
    }
}
